// `quire read PILE -o DIR`: documents into a folder, with a journal (batch/pile.h).
#pragma once

#include "app/command_line.h"
#include "app/read_options.h"
#include "app/read_question.h"
#include "infer/reader.h"

namespace quire {

// The exit status.
int read_into_folder(const ReadOptionsGiven& given, const CommandLine& line, const Reader& reader,
                     const ReadQuestion& question);

}  // namespace quire
