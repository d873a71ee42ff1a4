// The files of the web page, which are part of the program: cmake/embed.cmake makes them from
// src/serve/page/.
#pragma once

#include <span>
#include <string_view>

#include "serve/router.h"

namespace quire {

struct PageFile {
  std::string_view path;  // "/app.js"
  std::string_view type;  // "text/javascript"
  std::string_view bytes;
};

extern const std::span<const PageFile> kPageFiles;

// A route for each, and / for index.html. Nothing on the page may come from elsewhere, and what a
// model said can not run (the Content-Security-Policy).
std::vector<Route> page_routes();

}  // namespace quire
