// The studies of `quire eval`. argv[0] is the study's name.
#pragma once

namespace quire {

int eval_compression_command(int argc, char** argv);  // eval/compression.h
int eval_memory_command(int argc, char** argv);       // eval/memory_study.h

}  // namespace quire
