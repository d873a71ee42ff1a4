#include "op/linear_rows.h"

#include <algorithm>
#include <map>
#include <memory>
#include <tuple>
#include <vector>

#include "base/thread_pool.h"
#include "kernel/kernels.h"
#include "op/int8_panels.h"
#include "op/split.h"

namespace quire {
namespace {

// Weight rows are dealt out in strips: a multiple of every kernel's register tile, or a panel.
constexpr std::size_t kStrip = 12;
std::size_t strip_of(const Weight& w) { return w.int8 ? kernel::kPanelRows : kStrip; }
// A block of weights and one of rows that fit a second-level cache together.
constexpr std::size_t kWeightBlock = 8 * kStrip, kRowBlock = 64;
// The same for weights that take four bytes once they are decoded.
constexpr std::size_t kDecodedBlock = 2 * kStrip;

std::size_t strips(const RowsTask& task) {
  const std::size_t strip = strip_of(*task.w);
  return (task.w->rows + strip - 1) / strip;
}

// What one strip costs.
std::size_t strip_work(const RowsTask& task) {
  return task.x.rows == 0 ? 0
                          : strip_of(*task.w) * std::max(kByteRead * task.w->stride_bytes(),
                                                         task.w->cols * task.x.rows);
}

// What the int8 tasks multiply: their rows, quantised once for all tasks that share them, and the
// panels of their weights.
class Int8Tasks {
 public:
  explicit Int8Tasks(std::span<const RowsTask> tasks) {
    for (const RowsTask& task : tasks) {
      if (!task.w->int8 || task.x.rows == 0) continue;
      task.w->int8->of(*task.w);
      auto& rows = rows_[{task.x.data, task.x.rows, task.x.cols}];
      if (!rows) rows = std::make_unique<Int8Rows>(task.x);
    }
  }

  void run(const RowsTask& task, std::size_t begin, std::size_t end) const {
    const Weight& w = *task.w;
    const kernel::PanelType type = panel_type(w.dtype);
    const std::uint8_t* const panels =
        w.int8->of(w) + kernel::packed_int8_size(type, begin, w.cols);
    const Int8Rows& rows = *rows_.at({task.x.data, task.x.rows, task.x.cols});
    for (std::size_t i = 0; i < task.x.rows; i += kRowBlock) {
      kernel::kernels().gemm_int8[type](std::min(kRowBlock, task.x.rows - i), end - begin, w.cols,
                                        rows.row(i), panels, task.y.row(i) + begin, task.y.stride);
    }
  }

 private:
  std::map<std::tuple<const float*, std::size_t, std::size_t>, std::unique_ptr<Int8Rows>> rows_;
};

void run(const RowsTask& task, std::size_t begin, std::size_t end) {
  const Weight& w = *task.w;
  const std::size_t block = w.in_place() ? kWeightBlock : kDecodedBlock;
  std::vector<float> decoded;
  for (std::size_t j = begin; j < end; j += block) {
    const std::size_t n = std::min(block, end - j);
    const KernelRows rows = w.kernel_rows(j, n, decoded);
    const auto dot_rows = kernel::kernels().dot_rows[rows.type];
    for (std::size_t i = 0; i < task.x.rows; i += kRowBlock) {
      const std::size_t m = std::min(kRowBlock, task.x.rows - i);
      dot_rows(m, n, w.cols, task.x.row(i), task.x.stride, rows.data, rows.stride_bytes,
               task.y.row(i) + j, task.y.stride);
    }
  }
}

}  // namespace

void linear_rows(std::span<const RowsTask> tasks) {
  std::size_t total = 0;
  for (const RowsTask& task : tasks) {
    QUIRE_CHECK(task.x.cols == task.w->cols && task.y.cols == task.w->rows &&
                task.x.rows == task.y.rows);
    total += strips(task) * strip_work(task);
  }
  const Int8Tasks int8(tasks);
  const auto threads = static_cast<std::size_t>(default_pool().threads());
  const std::size_t parts =
      std::clamp<std::size_t>(total / kWorthAThread, 1, threads * kPartsPerThread);
  // Part p takes the strips that begin within its share of the total work.
  auto do_part = [&](std::size_t part) {
    const std::size_t from = total / parts * part,
                      to = part + 1 == parts ? total : total / parts * (part + 1);
    std::size_t before = 0;
    for (const RowsTask& task : tasks) {
      const std::size_t work = strip_work(task), count = strips(task);
      if (work == 0) continue;
      const auto first_at = [&](std::size_t limit) {
        return limit <= before ? 0 : std::min(count, (limit - before + work - 1) / work);
      };
      const std::size_t begin = first_at(from), end = first_at(to);
      const std::size_t strip = strip_of(*task.w);
      const std::size_t first = begin * strip, last = std::min(task.w->rows, end * strip);
      if (begin < end) task.w->int8 ? int8.run(task, first, last) : run(task, first, last);
      before += count * work;
    }
  };
  default_pool().parallel_for(
      parts, 1,
      [&](std::size_t begin, std::size_t end) {
        for (std::size_t part = begin; part < end; ++part) do_part(part);
      },
      kPartsPerThread);
}

}  // namespace quire
