#include "batch/document_pages.h"

#include <utility>

#include "image/upright.h"

namespace quire {
namespace {

class PictureFile : public PageSource {
 public:
  PictureFile(std::string path, const Reader& reader, const ReadRequest& request, bool skip_blank)
      : path_(std::move(path)), reader_(reader), request_(request), skip_blank_(skip_blank) {}

  int pages() const override { return 1; }

  Result<PageResult> read(int, double) const override {
    Result<Image> picture = read_upright(path_);
    QUIRE_TRY(picture);
    return read_page(reader_, *std::move(picture), request_, skip_blank_);
  }

 private:
  const std::string path_;
  const Reader& reader_;
  const ReadRequest request_;
  const bool skip_blank_;
};

}  // namespace

OpenDocument open_with(const Reader& reader, const ReadRequest& request, bool skip_blank) {
  return [&reader, request,
          skip_blank](const std::string& path) -> Result<std::shared_ptr<const PageSource>> {
    return std::shared_ptr<const PageSource>(
        std::make_shared<PictureFile>(path, reader, request, skip_blank));
  };
}

}  // namespace quire
