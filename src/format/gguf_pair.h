// The two files that llama.cpp makes of one model: the language file, and the vision file
// ("mmproj", for multi-modal projector) beside it.
//
// A pair is named by its language file, or by the folder when it holds only one. The vision file is
// then, in the same folder,
//   1. mmproj-NAME.gguf for the language file NAME.gguf, else
//   2. the only *.gguf there with "mmproj" in its name.
// Anything else is an error that says which files there are and what to do.
#pragma once

#include <string>

#include "base/status.h"
#include "format/gguf.h"

namespace quire {

inline constexpr const char* kLanguageArchitecture = "deepseek2-ocr";
inline constexpr const char* kVisionArchitecture = "clip";

struct GgufPairPaths {
  std::string language, vision;
};

// Whether a model's path means GGUF: a file, or a folder with *.gguf and without config.json.
bool is_gguf_model(const std::string& path);

// By names alone; nothing is opened.
Result<GgufPairPaths> find_gguf_pair(const std::string& path);

// The language file alone: what a tokenizer is read from.
Result<GgufFile> open_language_file(const std::string& path);

struct GgufPair {
  GgufPairPaths paths;
  GgufFile language, vision;

  // Both files, each checked to be the half it should be.
  static Result<GgufPair> open(const std::string& path);
};

// Where the vision file of a language file is written: DIR/mmproj-NAME.gguf.
std::string vision_path_beside(const std::string& language);

}  // namespace quire
