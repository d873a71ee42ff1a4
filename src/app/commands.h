// The commands of `quire`, one function and one file each. argv[0] is the command's name. Exit
// status: 0 all done; 1 something failed, named on standard error; 2 wrong usage.
#pragma once

namespace quire {

int fold_command(int argc, char** argv);
int unfold_command(int argc, char** argv);
int convert_command(int argc, char** argv);
int read_command(int argc, char** argv);
int memory_command(int argc, char** argv);
int report_command(int argc, char** argv);
int serve_command(int argc, char** argv);
int inspect_command(int argc, char** argv);
int verify_command(int argc, char** argv);
int bench_command(int argc, char** argv);
int train_command(int argc, char** argv);
int eval_command(int argc, char** argv);

}  // namespace quire
