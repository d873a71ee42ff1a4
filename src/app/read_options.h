// What `quire read` can be told on the command line.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "app/command_line.h"
#include "app/read_question.h"
#include "batch/document_pages.h"
#include "infer/read_pictures.h"

namespace quire {

struct ReadOptionsGiven {
  std::vector<std::string> files;
  std::string list, output = "-", task = "markdown", prompt, mode, format, boxes;
  std::string text_layer = "ignore";
  std::string ngram{kDefaultGuard.name};
  int max_tiles = kMaxTiles, retries = kMaxRetries;
  std::size_t max_tokens = 8192, budget = 0;

  // Of piles.
  std::string shard, again;
  bool previews = false;
  int at_once = 2;
  double page_seconds = 600, lease_seconds = 60;
};

void describe(Options& options, ReadOptionsGiven& given);

// Wrong usage that the parser does not see; "" when there is none.
std::string usage_problem(const ReadOptionsGiven& given);

// What the model is asked about each page.
ReadRequest read_request(const ReadOptionsGiven& given, const ReadQuestion& question);

// And how its pages come to it.
PageRules page_rules(const ReadOptionsGiven& given, const ReadQuestion& question,
                     const Reader& reader);

// "md,html" to its words.
std::vector<std::string> split_words(const std::string& list);

}  // namespace quire
