// A folder beside OUT in which everything is written first. What is not moved out of it, or the
// folder itself into place, is gone when the object is.
#pragma once

#include <string>

#include "base/status.h"

namespace quire {

class OutputFolder {
 public:
  // Beside `out`, a file or folder that is to be.
  static Result<OutputFolder> beside(const std::string& out);
  ~OutputFolder();
  OutputFolder(OutputFolder&& other) noexcept;
  OutputFolder& operator=(OutputFolder&&) = delete;

  std::string path(const std::string& name) const { return folder_ + "/" + name; }
  const std::string& folder() const { return folder_; }

  Status move_file(const std::string& name, const std::string& to) const;
  // `to` must be absent or an empty folder.
  Status become(const std::string& to);

 private:
  OutputFolder() = default;
  std::string folder_;
};

}  // namespace quire
