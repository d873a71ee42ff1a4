// Any bytes as a model's output: never more text than there was, and boxes that can be cropped.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "base/bytes.h"
#include "base/status.h"
#include "document/grounding.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view output = as_text({data, size});
  const quire::Grounding grounding = quire::parse_grounding(output);
  std::size_t kept = grounding.before.size();
  for (const quire::Region& region : grounding.regions) {
    kept += region.label.size() + region.text.size();
    for (const quire::GroundingBox& box : region.boxes) {
      const quire::PixelBox p = box.pixels(1501, 900);
      QUIRE_CHECK(0 <= p.left && p.left <= p.right && p.right <= 1501);
      QUIRE_CHECK(0 <= p.top && p.top <= p.bottom && p.bottom <= 900);
    }
  }
  QUIRE_CHECK(kept <= size);
  if (grounding.regions.empty()) QUIRE_CHECK(grounding.before == output);
  QUIRE_CHECK(quire::grounding_to_markdown(grounding).size() <=
              size + 40 * grounding.regions.size());
  return 0;
}
