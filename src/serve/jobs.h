// /v1/jobs: long documents, read while nobody waits.
#pragma once

#include "serve/job_runner.h"
#include "serve/job_store.h"
#include "serve/router.h"

namespace quire {

struct JobDesk {
  JobDesk(Engine& given, JobStore opened)
      : engine(given), store(std::move(opened)), runner(given, store) {}

  void add(const Call& call);     // POST /v1/jobs, as POST /v1/read
  void list(const Call& call);    // GET /v1/jobs
  void show(const Call& call);    // GET /v1/jobs/{id}
  void result(const Call& call);  // GET /v1/jobs/{id}/result?format=json|md|text|html
  void remove(const Call& call);  // DELETE /v1/jobs/{id}, cancelling it

  Engine& engine;
  JobStore store;
  JobRunner runner;
};

}  // namespace quire
