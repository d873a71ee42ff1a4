// What the handlers have of the model: one for all, opened once, and turns at it that are shared
// out fairly between clients.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

#include "infer/read_service.h"
#include "infer/reader.h"
#include "serve/limits.h"
#include "serve/metrics.h"
#include "serve/router.h"

namespace quire {

// A turn at the model. The cancel is asked when the client has left or the time is over.
struct Turn {
  const Reader& reader;
  Cancel cancel;
};

class Engine {
 public:
  Engine(Reader given, std::string model_name, std::string model_directory, std::string by,
         const ServeLimits& given_limits, Metrics& given_metrics);

  // Does the work on another thread when it is this client's turn, and waits for it. False when too
  // many wait already: the work was not begun.
  [[nodiscard]] bool in_turn(const Call& call, const std::function<void(const Turn& turn)>& work);
  // The same for whoever is no request; asked to stop, it gives up.
  [[nodiscard]] bool in_turn(const std::string& client, std::stop_token stop,
                             const std::function<void(const Turn& turn)>& work);

  // A model that reads the text of folded pages and can be asked nothing.
  bool reads_pages_only() const { return reader.reads_in_passes(); }

  // Lets nobody begin any more.
  void close() { (void)service_.drain(0); }
  ServiceLoad load() const { return service_.load(); }

  const Reader reader;
  const std::string name;       // as clients call the model
  const std::string directory;  // where it lies
  const std::string program;    // "quire 0.1.0"
  const ServeLimits& limits;
  Metrics& metrics;

 private:
  ReadService service_;
};

}  // namespace quire
