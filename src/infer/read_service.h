// One reader for many who ask at once: a bounded queue of jobs, a few workers that do them, and
// under them one decoder for all (infer/reader.h). While some pages are being decoded, together,
// another is being encoded.
//
//   ReadService service(reader);
//   Result<ReadTicket> ticket = service.read({.client = "10.0.0.7"}, {picture}, request);
//   if (!ticket) return busy(ticket.status());          // kLimit: the queue is full
//   Result<PictureReading> reading = ticket->wait();
//
// Anything else that uses the reader (unfolding, a document with its files) is a job as well:
//
//   service.submit({.client = "pile"}, [&](const Reader& reader, const Cancel& cancel) { ... });
//
// A job that was accepted is done exactly once, whatever happens: cancelled jobs, those whose time
// is over and those left at shutdown are called with a Cancel that is asked already, at once, even
// when every worker is busy.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/cancel.h"
#include "base/status.h"
#include "infer/read_pictures.h"
#include "infer/reader.h"

namespace quire {

struct ServiceOptions {
  int workers = 4;             // jobs under way at once
  std::size_t capacity = 256;  // jobs waiting
};

struct JobTerms {
  std::string client = {};  // who asks; turns are shared out fairly between clients
  double seconds = 0;       // the time it may take, from now on, waiting included; 0: any
};

// A hold on a job. May be copied, dropped without effect, and may outlive the service.
class JobTicket {
 public:
  bool done() const;
  void wait() const;    // until done
  void cancel() const;  // does not wait

 private:
  friend class ReadService;
  struct Job;
  struct Queue;
  std::shared_ptr<Queue> queue_;
  std::shared_ptr<Job> job_;
};

// The ticket of a reading. The result can be taken once.
class ReadTicket : public JobTicket {
 public:
  // Errors: those of read_pictures().
  Result<PictureReading> wait();

 private:
  friend class ReadService;
  std::shared_ptr<Result<PictureReading>> result_;
};

struct ServiceLoad {
  std::size_t waiting = 0, under_way = 0;
};

// Safe to use from any number of threads.
class ReadService {
 public:
  // Called on a worker's thread.
  using Work = std::function<void(const Reader& reader, const Cancel& cancel)>;
  using OnRead = std::function<void(const Result<PictureReading>& reading)>;

  // The reader must outlive it.
  explicit ReadService(const Reader& reader, const ServiceOptions& options = {});
  // Cancels what is left and waits for it.
  ~ReadService();
  ReadService(const ReadService&) = delete;
  ReadService& operator=(const ReadService&) = delete;

  // Error kLimit: as many jobs are waiting as may, or the service is being shut down.
  Result<JobTicket> submit(const JobTerms& terms, Work work);

  // The same for a question about upright pictures. request.cancel is replaced by the job's own.
  // The request's hooks are called on whatever thread decodes, and must not wait for anything;
  // on_read on a worker's thread when all is done, before the ticket is.
  Result<ReadTicket> read(const JobTerms& terms, std::vector<Image> pictures, ReadRequest request,
                          OnRead on_read = {});

  ServiceLoad load() const;

  // Takes no more jobs, and waits for those there are; false when they took longer than that.
  bool drain(double seconds);

 private:
  using Job = JobTicket::Job;

  void work();
  // Answers jobs that nobody wants any longer before a worker would come to them.
  void turn_away();
  void run(Job& job);

  const Reader& reader_;
  std::shared_ptr<JobTicket::Queue> queue_;
  struct Threads;
  std::unique_ptr<Threads> threads_;
};

}  // namespace quire
