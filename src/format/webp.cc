#include "format/webp.h"

#include <webp/decode.h>
#include <webp/demux.h>

#include <memory>

#include "format/exif.h"

namespace quire {
namespace {

struct DeleteDemuxer {
  void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
};
struct DeleteAnimation {
  void operator()(WebPAnimDecoder* decoder) const { WebPAnimDecoderDelete(decoder); }
};
using Demuxer = std::unique_ptr<WebPDemuxer, DeleteDemuxer>;

int orientation(const WebPDemuxer* demuxer) {
  WebPChunkIterator chunk;
  if (WebPDemuxGetChunk(demuxer, "EXIF", 1, &chunk) == 0) return 1;
  const int result = exif_orientation({chunk.chunk.bytes, chunk.chunk.size});
  WebPDemuxReleaseChunkIterator(&chunk);
  return result;
}

// The first frame drawn on the canvas, which it may cover only in part.
bool decode_first_frame(const WebPData& data, Image& image) {
  WebPAnimDecoderOptions options;
  if (WebPAnimDecoderOptionsInit(&options) == 0) return false;
  options.color_mode = MODE_RGBA;
  options.use_threads = 0;
  const std::unique_ptr<WebPAnimDecoder, DeleteAnimation> decoder(
      WebPAnimDecoderNew(&data, &options));
  WebPAnimInfo info;
  if (decoder == nullptr || WebPAnimDecoderGetInfo(decoder.get(), &info) == 0 ||
      info.canvas_width != static_cast<std::uint32_t>(image.width) ||
      info.canvas_height != static_cast<std::uint32_t>(image.height)) {
    return false;
  }
  std::uint8_t* rgba = nullptr;
  int timestamp = 0;
  if (WebPAnimDecoderGetNext(decoder.get(), &rgba, &timestamp) == 0) return false;
  for (std::size_t i = 0; i < image.rgb.size() / 3; ++i) {
    for (std::size_t c = 0; c < 3; ++c) image.rgb[3 * i + c] = rgba[4 * i + c];
  }
  return true;
}

}  // namespace

Result<DecodedImage> decode_webp(std::span<const std::uint8_t> bytes, const DecodeLimits& limits) {
  WebPBitstreamFeatures features;
  const VP8StatusCode code = WebPGetFeatures(bytes.data(), bytes.size(), &features);
  if (code == VP8_STATUS_NOT_ENOUGH_DATA) return invalid("the WebP is cut short");
  if (code != VP8_STATUS_OK) return invalid("the WebP is damaged");
  QUIRE_TRY(check_image_size(static_cast<std::uint64_t>(features.width),
                             static_cast<std::uint64_t>(features.height), limits));

  // The demuxer refuses files whose chunks do not add up, a missing end among them.
  const WebPData data{bytes.data(), bytes.size()};
  const Demuxer demuxer(WebPDemux(&data));
  if (demuxer == nullptr) return invalid("the WebP is cut short or damaged");

  DecodedImage decoded;
  decoded.format = "WebP";
  decoded.exif_orientation = orientation(demuxer.get());
  decoded.image = Image(features.width, features.height);
  auto& rgb = decoded.image.rgb;
  const bool good = features.has_animation != 0
                        ? decode_first_frame(data, decoded.image)
                        : WebPDecodeRGBInto(bytes.data(), bytes.size(), rgb.data(), rgb.size(),
                                            3 * features.width) != nullptr;
  if (!good) return invalid("the WebP is damaged");
  return decoded;
}

}  // namespace quire
