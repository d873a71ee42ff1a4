// `quire eval compression TEXTS`: the compression study of a model (eval/compression.h) as a table,
// JSON, a picture and the accuracy table that `quire fold` plans by.
#pragma once

namespace quire {

// argv[0] is "eval". Exit status: 0 done, 1 the study failed, 2 wrong usage.
int eval_command(int argc, char** argv);

// `quire eval memory TEXTS`: the memory study (eval/memory_study.h). argv[0] is "memory".
int eval_memory_command(int argc, char** argv);

}  // namespace quire
