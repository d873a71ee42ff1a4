#include "infer/read_service.h"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

#include "infer/fair_queue.h"

namespace quire {
namespace {

std::chrono::steady_clock::time_point time_of(double seconds) {
  using std::chrono::steady_clock;
  return steady_clock::time_point(
      std::chrono::duration_cast<steady_clock::duration>(std::chrono::duration<double>(seconds)));
}

}  // namespace

struct JobTicket::Job {
  ReadService::Work work;
  std::stop_source source;
  Cancel cancel;
  bool done = false;  // guarded by the queue's mutex
};

struct JobTicket::Queue {
  explicit Queue(std::size_t capacity) : waiting(capacity) {}

  mutable std::mutex mutex;
  std::condition_variable changed;
  // Guarded by mutex.
  FairQueue<std::shared_ptr<Job>> waiting;
  std::vector<std::shared_ptr<Job>> under_way;
  bool closed = false;    // no more jobs
  bool stopping = false;  // nothing but to end

  bool idle() const { return waiting.waiting() == 0 && under_way.empty(); }
};

struct ReadService::Threads {
  std::vector<std::jthread> workers;
};

bool JobTicket::done() const {
  const std::lock_guard lock(queue_->mutex);
  return job_->done;
}

void JobTicket::wait() const {
  std::unique_lock lock(queue_->mutex);
  queue_->changed.wait(lock, [this] { return job_->done; });
}

void JobTicket::cancel() const {
  const std::lock_guard lock(queue_->mutex);
  job_->source.request_stop();
  queue_->changed.notify_all();
}

Result<PictureReading> ReadTicket::wait() {
  JobTicket::wait();
  return std::move(*result_);
}

ReadService::ReadService(const Reader& reader, const ServiceOptions& options)
    : reader_(reader),
      queue_(std::make_shared<JobTicket::Queue>(options.capacity)),
      threads_(std::make_unique<Threads>()) {
  for (int i = 0; i < std::max(1, options.workers); ++i)
    threads_->workers.emplace_back([this] { work(); });
  threads_->workers.emplace_back([this] { turn_away(); });
}

ReadService::~ReadService() {
  {
    const std::lock_guard lock(queue_->mutex);
    queue_->closed = queue_->stopping = true;
    for (const auto& job : queue_->under_way) job->source.request_stop();
    queue_->changed.notify_all();
  }
  threads_->workers.clear();  // joins
}

Result<JobTicket> ReadService::submit(const JobTerms& terms, Work work) {
  const auto job = std::make_shared<Job>();
  job->work = std::move(work);
  const double deadline =
      terms.seconds > 0 ? steady_seconds() + terms.seconds : Cancel::kNoDeadline;
  job->cancel = Cancel(job->source.get_token(), deadline);

  const std::lock_guard lock(queue_->mutex);
  if (queue_->closed) return over_limit("the reader is being shut down; ask again later");
  if (!queue_->waiting.push(terms.client, job)) {
    return over_limit(std::to_string(queue_->waiting.waiting()) +
                      " jobs are waiting already; ask again later");
  }
  queue_->changed.notify_all();
  JobTicket ticket;
  ticket.queue_ = queue_;
  ticket.job_ = job;
  return ticket;
}

Result<ReadTicket> ReadService::read(const JobTerms& terms, std::vector<Image> pictures,
                                     ReadRequest request, OnRead on_read) {
  ReadTicket ticket;
  ticket.result_ = std::make_shared<Result<PictureReading>>(internal("it was not read yet"));
  auto submitted = submit(terms, [pictures = std::move(pictures), request = std::move(request),
                                  on_read = std::move(on_read), result = ticket.result_](
                                     const Reader& reader, const Cancel& cancel) mutable {
    request.cancel = cancel;
    *result = read_pictures(reader, pictures, request);
    if (on_read) on_read(*result);
  });
  QUIRE_TRY(submitted);
  static_cast<JobTicket&>(ticket) = *std::move(submitted);
  return ticket;
}

ServiceLoad ReadService::load() const {
  const std::lock_guard lock(queue_->mutex);
  return {queue_->waiting.waiting(), queue_->under_way.size()};
}

bool ReadService::drain(double seconds) {
  std::unique_lock lock(queue_->mutex);
  queue_->closed = true;
  return queue_->changed.wait_until(lock, time_of(steady_seconds() + seconds),
                                    [this] { return queue_->idle(); });
}

void ReadService::work() {
  JobTicket::Queue& queue = *queue_;
  std::unique_lock lock(queue.mutex);
  while (true) {
    queue.changed.wait(lock, [&] { return queue.stopping || queue.waiting.waiting() > 0; });
    if (queue.stopping) return;
    auto [client, job] = *queue.waiting.pop();
    queue.under_way.push_back(job);
    lock.unlock();
    run(*job);
    lock.lock();
    queue.waiting.done(client);
    std::erase(queue.under_way, job);
    job->done = true;
    queue.changed.notify_all();
  }
}

void ReadService::turn_away() {
  JobTicket::Queue& queue = *queue_;
  std::unique_lock lock(queue.mutex);
  while (true) {
    double next = Cancel::kNoDeadline;
    const auto unwanted = queue.waiting.take_if([&](const auto& job) {
      if (queue.stopping) job->source.request_stop();
      if (job->cancel.asked()) return true;
      next = std::min(next, job->cancel.deadline());
      return false;
    });
    if (!unwanted.empty()) {
      queue.under_way.insert(queue.under_way.end(), unwanted.begin(), unwanted.end());
      lock.unlock();
      for (const auto& job : unwanted) run(*job);
      lock.lock();
      for (const auto& job : unwanted) {
        std::erase(queue.under_way, job);
        job->done = true;
      }
      queue.changed.notify_all();
    } else if (queue.stopping) {
      return;
    } else if (next == Cancel::kNoDeadline) {
      queue.changed.wait(lock);
    } else {
      queue.changed.wait_until(lock, time_of(next));
    }
  }
}

void ReadService::run(Job& job) {
  job.work(reader_, job.cancel);
  job.work = {};  // with all it held
}

}  // namespace quire
