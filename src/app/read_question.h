// What `quire read` is asked, in words: --task and --prompt to the prompt the model gets, and which
// files belong to one prompt.
#pragma once

#include <string>
#include <vector>

#include "base/status.h"

namespace quire {

struct ReadQuestion {
  std::string prompt;
  std::size_t pictures = 0;  // <image> marks in it
  bool whole_page = false;   // asks for all words of a page
};

// `task` is a name of kTaskPrompts or locate=TEXT; `prompt`, when not empty, goes before it. A
// prompt that does not say where the pictures go gets one in front, unless there are no files.
// Errors: a task that is not there.
Result<ReadQuestion> read_question(const std::string& task, const std::string& prompt,
                                   std::size_t files);

// The files of each prompt: one each, or all in one where the prompt has several marks. Errors:
// marks and files that do not fit.
Result<std::vector<std::vector<std::string>>> group_files(const ReadQuestion& question,
                                                          const std::vector<std::string>& files);

}  // namespace quire
