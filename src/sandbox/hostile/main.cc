// For tests of the sandbox: a program that tries one bad thing, and says how far it came.
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace {

int say(const char* what, long result) {
  printf("%s: %s\n", what, result >= 0 ? "done" : strerror(errno));
  return result >= 0 ? 0 : 1;
}

int eat_memory() {
  constexpr size_t kPiece = size_t{1} << 20;
  for (int mib = 0;; ++mib) {
    void* piece = malloc(kPiece);
    if (piece == nullptr) {
      printf("%d\n", mib);
      return 1;
    }
    memset(piece, 1, kPiece);
  }
}

int list_descriptors() {
  for (int fd = 0; fd < 1024; ++fd) {
    if (fcntl(fd, F_GETFD) >= 0) printf("%d ", fd);
  }
  char byte;
  return read(0, &byte, 1) == 0 ? 0 : 1;
}

int spam() {
  char noise[4096];
  memset(noise, 'x', sizeof(noise));
  for (;;) {
    if (write(1, noise, sizeof(noise)) < 0) return 1;
  }
}

int fork_bomb() {
  for (;;) {
    if (fork() < 0) return 1;
  }
}

int hang(bool silent) {
  if (silent) {
    close(1);
    close(2);
  }
  for (;;) pause();
}

int spin() {
  for (volatile unsigned i = 0;; ++i) continue;
}

int print_environment(char** environment) {
  for (; *environment != nullptr; ++environment) puts(*environment);
  return 0;
}

int read_one(const char* path) {
  char byte;
  const int fd = open(path, O_RDONLY);
  return say("read", fd < 0 ? fd : read(fd, &byte, 1));
}

int ask(const char* what, const char* path, char** environment) {
  const auto is = [&](const char* name) { return strcmp(what, name) == 0; };
  if (is("nothing")) return 0;
  if (is("status")) return atoi(path);
  if (is("echo")) return puts(path) < 0;
  if (is("complain")) return fputs(path, stderr) < 0;
  if (is("environment")) return print_environment(environment);
  if (is("descriptors")) return list_descriptors();
  if (is("folder")) return say("folder", mkdir("here", 0700));
  if (is("socket")) return say("socket", socket(AF_INET, SOCK_STREAM, 0));
  if (is("unix-socket")) return say("socket", socket(AF_UNIX, SOCK_STREAM, 0));
  if (is("write")) return say("write", open(path, O_WRONLY | O_CREAT, 0600));
  if (is("truncate")) return say("truncate", truncate(path, 0));
  if (is("append")) return say("append", open(path, O_WRONLY | O_APPEND));
  if (is("unlink")) return say("unlink", unlink(path));
  if (is("chmod")) return say("chmod", chmod(path, 0777));
  if (is("rename")) return say("rename", rename(path, "/tmp/elsewhere"));
  if (is("read")) return read_one(path);
  if (is("exec")) return say("exec", execl(path, path, static_cast<char*>(nullptr)));
  if (is("execveat")) {
    const int fd = open(path, O_RDONLY);
    if (dup2(fd, 200) < 0) perror("dup2");
    char* const arguments[] = {const_cast<char*>(path), nullptr};
    return say("execveat", syscall(SYS_execveat, 200, "", arguments, environment, AT_EMPTY_PATH));
  }
  if (is("ptrace")) return say("ptrace", ptrace(PTRACE_TRACEME, 0, nullptr, nullptr));
  if (is("kill-parent")) return say("kill", kill(getppid(), SIGKILL));
  if (is("abort")) abort();
  if (is("crash")) return *static_cast<volatile int*>(nullptr);
  if (is("fork")) return fork_bomb();
  if (is("memory")) return eat_memory();
  if (is("hang")) return hang(false);
  if (is("hang-silently")) return hang(true);
  if (is("spin")) return spin();
  if (is("spam")) return spam();
  fprintf(stderr, "nobody knows how to %s\n", what);
  return 99;
}

}  // namespace

int main(int argc, char** argv, char** environment) {
  const int result = ask(argc > 1 ? argv[1] : "nothing", argc > 2 ? argv[2] : "", environment);
  fflush(stdout);
  return result;
}
