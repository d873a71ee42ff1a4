#include "serve/engine.h"

#include <utility>

namespace quire {
namespace {

// Readings under way at once, decoded together. More would not make the decoder's step cheaper by
// much, and each holds a picture.
constexpr int kReadingsAtOnce = 16;

}  // namespace

Engine::Engine(Reader given, std::string model_name, std::string model_directory, std::string by,
               const ServeLimits& given_limits, Metrics& given_metrics)
    : reader(std::move(given)),
      name(std::move(model_name)),
      directory(std::move(model_directory)),
      program(std::move(by)),
      limits(given_limits),
      metrics(given_metrics),
      service_(reader, {kReadingsAtOnce, given_limits.running}) {}

bool Engine::in_turn(const Call& call, const std::function<void(const Turn& turn)>& work) {
  return in_turn(call.request.client, call.reply.left(), work);
}

bool Engine::in_turn(const std::string& client, std::stop_token stop,
                     const std::function<void(const Turn& turn)>& work) {
  std::stop_source left;
  const auto ticket = service_.submit({client, limits.request_seconds},
                                      [&](const Reader& model, const Cancel& job) {
                                        if (job.asked()) left.request_stop();
                                        work({model, Cancel(left.get_token(), job.deadline())});
                                      });
  if (!ticket) return false;
  const std::stop_callback leave(stop, [&] {
    left.request_stop();
    ticket->cancel();
  });
  ticket->wait();
  return true;
}

}  // namespace quire
