// Picture files, as they come from anybody, to a page: decoded, turned upright, read, taken apart.
// Whatever is wrong with a file or an answer stands in the result; one bad page does not stop the
// book.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "document/page.h"
#include "document/text_layer.h"
#include "format/image.h"
#include "infer/read_pictures.h"

namespace quire {

inline constexpr std::string_view kFromModel = "model", kFromLayer = "text layer";

struct PageResult {
  ReadStatus status = ReadStatus::kError;
  std::string problem;  // a sentence that names the file, whenever the status is no success
  bool blank = false;   // there is nothing on the picture, and the model was not asked
  Image picture;        // the first one, upright: what the boxes are drawn on
  PictureReading reading;
  DocumentPage page;
  int turned = 0;        // degrees clockwise, before it was read
  bool damaged = false;  // the file has faults on this page, and parts of it may be missing
  std::optional<TextLayer> layer;  // where it was asked for
  double load_seconds = 0;         // reading and decoding the files

  // Whose words the page is: kFromModel, kFromLayer, or "" where nobody was asked.
  std::string_view source() const;
};

// `paths` are the pictures of one prompt, in order; none for a text prompt. With skip_blank a
// picture without anything on it is not shown to the model, which might tell a story.
PageResult read_document(const Reader& reader, std::span<const std::string> paths,
                         const ReadRequest& request, bool skip_blank);

// The same with one picture that is there already and upright. `problem` names no file.
PageResult read_page(const Reader& reader, Image picture, const ReadRequest& request,
                     bool skip_blank);

}  // namespace quire
