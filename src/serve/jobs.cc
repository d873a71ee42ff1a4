#include "serve/jobs.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "document/html.h"
#include "serve/api_error.h"
#include "serve/handlers.h"
#include "serve/read_request.h"

namespace quire {
namespace {

using OrderedJson = nlohmann::ordered_json;

constexpr int kSecondsToComeAgain = 60;

// What a sentence about the document calls it.
std::string without_path(std::string sentence, const Job& job) {
  for (std::size_t at = 0; (at = sentence.find(job.document, at)) != std::string::npos;
       at += job.order.name.size()) {
    sentence.replace(at, job.document.size(), job.order.name);
  }
  return sentence;
}

OrderedJson job_json(const Job& job, const std::optional<JobRunner::Progress>& now) {
  const bool running = now && now->id == job.id && !job.ended();
  OrderedJson json = {{"id", job.id},           {"object", "job"},
                      {"name", job.order.name}, {"task", job.order.task},
                      {"created", job.created}, {"status", running ? "running" : job.state}};
  if (running) {
    json["pages"] = {{"done", now->done}, {"expected", now->pages}};
  }
  if (!job.problem.empty()) json["problem"] = without_path(job.problem, job);
  return json;
}

struct Form {
  std::string_view name, type, field;  // of a page's JSON
};
constexpr Form kForms[] = {{"json", "application/json", ""},
                           {"md", "text/markdown; charset=utf-8", "markdown"},
                           {"text", "text/plain; charset=utf-8", "text"},
                           {"html", "text/html; charset=utf-8", ""}};

const Form* find_form(std::string_view name) {
  for (const Form& form : kForms) {
    if (form.name == name) return &form;
  }
  return nullptr;
}

}  // namespace

void JobDesk::add(const Call& call) {
  const auto document = parse_read_request(call.request, engine.limits);
  if (!document) return call.reply.send(bad_request(document.status()));
  if (store.all().size() >= engine.limits.jobs) {
    return call.reply.send(come_again(429,
                                      "the server keeps as many jobs as it may; DELETE those whose "
                                      "results you have",
                                      kSecondsToComeAgain));
  }
  const ReadRequest& request = document->request;
  JobOrder order{.name = document->name,
                 .task = document->task,
                 .mode = request.mode ? std::string(request.mode->name) : "",
                 .prompt = request.prompt,
                 .whole_page = document->whole_page,
                 .max_tokens = static_cast<std::int64_t>(request.max_tokens),
                 .retries = request.retries};
  const auto job = store.add(order, document->bytes);
  if (!job) return call.reply.send(error_response(job.status()));
  runner.wake();
  HttpResponse response = json_response(job_json(*job, {}), 202);
  response.headers.push_back({"Location", "/v1/jobs/" + job->id});
  call.reply.send(std::move(response));
}

void JobDesk::list(const Call& call) {
  OrderedJson jobs = OrderedJson::array();
  const auto now = runner.progress();
  for (const Job& job : store.all()) jobs.push_back(job_json(job, now));
  call.reply.send(json_response({{"object", "list"}, {"data", std::move(jobs)}}));
}

void JobDesk::show(const Call& call) {
  const auto job = store.find(call.id);
  if (!job) return call.reply.send(error_response(job.status()));
  call.reply.send(json_response(job_json(*job, runner.progress())));
}

void JobDesk::result(const Call& call) {
  const auto job = store.find(call.id);
  if (!job) return call.reply.send(error_response(job.status()));
  const std::string format = call.request.query("format").value_or("json");
  const Form* form = find_form(format);
  if (form == nullptr) {
    return call.reply.send(bad_request(invalid("format: json, md, text or html is wanted")));
  }
  if (!job->ended()) {
    return call.reply.send(
        error_response(409, "not_done", "the job has not ended; its status tells how far it is"));
  }
  OrderedJson pages = OrderedJson::array();
  std::vector<std::string> sections;
  std::string text;
  for (int number = 1;; ++number) {
    const auto bytes = read_file(job_page_path(*job, number));
    if (!bytes) break;
    OrderedJson page = OrderedJson::parse(*bytes, nullptr, false);
    if (!page.is_object()) break;
    sections.push_back(page.value("html", ""));
    page.erase("html");
    if (page.contains("problem")) {
      page["problem"] = without_path(page["problem"].get<std::string>(), *job);
    }
    if (!form->field.empty()) text += page.value(std::string(form->field), "") + "\n";
    pages.push_back(std::move(page));
  }
  if (format == "json") {
    return call.reply.send(
        json_response({{"files", {{{"path", job->order.name}, {"pages", std::move(pages)}}}}}));
  }
  if (format == "html") text = html_document(job->order.name, sections);
  HttpResponse response{200, std::string(form->type), std::move(text)};
  response.headers.push_back(
      {"Content-Security-Policy", "sandbox; default-src 'none'; style-src 'unsafe-inline'"});
  call.reply.send(std::move(response));
}

void JobDesk::remove(const Call& call) {
  const auto job = store.find(call.id);
  if (!job) return call.reply.send(error_response(job.status()));
  // Ended first, so that the runner does not take it up again between the two.
  if (!job->ended()) {
    const Status ended = store.end(*job, "cancelled", "");
    if (!ended.ok()) return call.reply.send(error_response(ended));
    runner.cancel(job->id);
  }
  const Status removed = store.remove(job->id);
  if (!removed.ok()) return call.reply.send(error_response(removed));
  call.reply.send(json_response({{"id", job->id}, {"object", "job"}, {"deleted", true}}));
}

}  // namespace quire
