// What `quire` tells the shell.
#pragma once

namespace quire {

enum ExitStatus : int {
  kDone = 0,
  kFailed = 1,  // some input failed, and was named on standard error
  kWrongUsage = 2,
};

}  // namespace quire
