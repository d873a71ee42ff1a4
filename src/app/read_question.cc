#include "app/read_question.h"

#include "app/suggest.h"
#include "text/prompt.h"

namespace quire {
namespace {

constexpr std::string_view kLocate = "locate=";

std::size_t count_marks(std::string_view prompt) {
  std::size_t count = 0;
  for (std::size_t at = 0; (at = prompt.find(kImageMark, at)) != std::string_view::npos;
       at += kImageMark.size()) {
    ++count;
  }
  return count;
}

}  // namespace

Result<ReadQuestion> read_question(const std::string& task, const std::string& prompt,
                                   std::size_t files) {
  ReadQuestion question;
  if (!prompt.empty()) {
    question.prompt = prompt;
    if (count_marks(prompt) == 0 && files > 0) question.prompt = "<image>\n" + prompt;
  } else if (task.starts_with(kLocate) && task.size() > kLocate.size()) {
    question.prompt = locate_prompt(std::string_view(task).substr(kLocate.size()));
  } else if (const TaskPrompt* row = find_task(task)) {
    question.prompt = row->prompt;
    question.whole_page = row->whole_page;
  } else {
    std::vector<std::string> names = {"locate=TEXT"};
    std::string list;
    for (const TaskPrompt& known : kTaskPrompts) {
      names.emplace_back(known.task);
      list += std::string(known.task) + ", ";
    }
    return not_found("there is no task '" + task + "'" + did_you_mean(task, names) +
                     "; there are " + list + "locate=TEXT");
  }
  question.pictures = count_marks(question.prompt);
  return question;
}

Result<std::vector<std::vector<std::string>>> group_files(const ReadQuestion& question,
                                                          const std::vector<std::string>& files) {
  std::vector<std::vector<std::string>> groups;
  if (files.empty() && question.pictures > 0) return invalid("name a picture to read");
  if (question.pictures == 1) {
    for (const std::string& file : files) groups.push_back({file});
  } else if (question.pictures == files.size()) {
    groups.push_back(files);
  } else {
    return invalid("the prompt has " + std::to_string(question.pictures) +
                   " <image>, and there are " + std::to_string(files.size()) +
                   " files; they must be as many");
  }
  return groups;
}

}  // namespace quire
