// quire serve
#include "serve/server.h"

#include <malloc.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "app/command_line.h"
#include "app/commands.h"
#include "app/find_model.h"
#include "base/file.h"
#include "text/strip.h"

namespace quire {
namespace {

struct Arguments {
  std::string address = "127.0.0.1", key_file;
  int port = 8080;
  std::vector<std::string> host_names;
  double grace = 30;
  bool insecure = false, no_folding = false;
  ProxyOptions proxy;
  std::string upstream_key_file, memory, state;
};

void describe(Options& options, Arguments& a) {
  options.add_option("--listen", a.address, "the address to listen on; 0.0.0.0 for all")
      .show_default();
  options.add_option("--port", a.port, "0: any that is free").between(0, 65535).show_default();
  options.add_option("--api-key-file", a.key_file,
                     "a file with the key that clients must send (else $QUIRE_API_KEY)");
  options.add_option("--host-name", a.host_names,
                     "a name that clients know this machine by, beside localhost and addresses");
  options.add_option("--grace", a.grace, "seconds that running requests get to finish at the end")
      .between(0, 3600)
      .show_default();
  options.add_flag("--insecure", a.insecure, "let other machines in without a key");
  options.add_option("--state", a.state,
                     "a folder for jobs, which survive there; made if it is not there");
  options.add_option("--memory", a.memory,
                     "a file to remember in, made if it is not there (quire memory)");
  options.add_option("--upstream", a.proxy.url,
                     "stand in front of this OpenAI-compatible server, and fold what is long");
  options.add_option("--upstream-key-file", a.upstream_key_file,
                     "a file with its key (else each client's own goes through)");
  options.add_flag("--no-folding", a.no_folding, "to the upstream goes every byte as it came");
  options
      .add_option("--recent-rounds", a.proxy.recent_rounds,
                  "rounds of a conversation that stay text")
      .between(1, 1000)
      .show_default();
  options
      .add_option("--long-text", a.proxy.long_text_tokens,
                  "tokens from which on a single text is folded")
      .between(100, 100'000'000)
      .show_default();
  options
      .add_option("--page-mode", a.proxy.mode,
                  "of the upstream's pages: tiny, small, base or large")
      .show_default();
  options.add_option("--page-ratio", a.proxy.ratio, "their text tokens for each vision token")
      .between(0.5, 40.0)
      .show_default();
}

Result<std::string> read_key(const std::string& path) {
  const auto text = read_file(path, 4096);
  QUIRE_TRY(text);
  std::string key(strip(*text));
  if (key.empty()) return invalid(path + ": there is no key in it");
  return key;
}

Result<std::string> find_key(const std::string& path) {
  if (!path.empty()) return read_key(path);
  const char* variable = std::getenv("QUIRE_API_KEY");
  return std::string(variable != nullptr ? variable : "");
}

bool only_this_machine(const std::string& address) {
  return address.starts_with("127.") || address == "::1";
}

// One heap for all threads. The threads take turns at the model; with a heap each (glibc's way)
// each would keep what its largest picture took, and nobody would ever use it again: 600 MiB
// instead of 150. Large blocks are few and nobody waits for the lock (docs/serve.md, "Under load").
void share_one_heap() {
#ifdef M_ARENA_MAX
  mallopt(M_ARENA_MAX, 1);
#endif
}

}  // namespace

int serve_command(int argc, char** argv) {
  share_one_heap();
  Arguments a;
  CommandLine line("serve", "An OpenAI-compatible HTTP server, and a web page.");
  describe(line.options(), a);
  line.add_reader();
  if (const auto status = line.parse(argc, argv)) return *status;
  auto key = find_key(a.key_file);
  if (!key) return line.fail(key.status());
  if (!only_this_machine(a.address) && key->empty() && !a.insecure) {
    return line.wrong_usage("--listen " + a.address +
                            " lets other machines in: set a key with --api-key-file, or say "
                            "--insecure");
  }
  const auto directory = find_model(line.model);
  if (!directory) return line.fail(directory.status());

  ServerOptions options;
  options.http.address = a.address;
  options.http.port = static_cast<std::uint16_t>(a.port);
  options.http.grace_seconds = a.grace;
  options.http.on_signals = true;
  options.access = {*std::move(key), a.host_names};
  options.model_directory = *directory;
  options.model_name = std::filesystem::path(*directory).filename().string();
  options.program = "quire " QUIRE_VERSION;
  options.arithmetic = line.arithmetic;
  options.memory = a.memory;
  options.state = a.state;
  if (!a.proxy.url.empty()) {
    options.proxy = a.proxy;
    options.proxy->folds = !a.no_folding;
    if (!a.upstream_key_file.empty()) {
      auto upstream_key = read_key(a.upstream_key_file);
      if (!upstream_key) return line.fail(upstream_key.status());
      options.proxy->api_key = *std::move(upstream_key);
    }
  }
  options.log = [&line](const std::string& said) { line.tell(said); };
  const auto server = Server::open(options);
  if (!server) return line.fail(server.status());

  const std::string host =
      a.address.find(':') == std::string::npos ? a.address : "[" + a.address + "]";
  const std::string url = "http://" + host + ":" + std::to_string((*server)->port());
  // Scripts wait for this line, so it does not wait in a buffer.
  if (line.json) {
    std::printf("{\"url\": \"%s\", \"model\": \"%s\"}\n", url.c_str(), options.model_name.c_str());
  } else {
    std::printf("%s serves %s; OpenAI clients take %s/v1 (Ctrl-C ends it)\n", url.c_str(),
                options.model_name.c_str(), url.c_str());
  }
  std::fflush(stdout);
  (*server)->run();
  line.tell("all that ran has ended");
  return kDone;
}

}  // namespace quire
