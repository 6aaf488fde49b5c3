#include "densenf/app/report.hpp"

#include <doctest/doctest.h>

#include "../io/temporary_folder.hpp"

using namespace densenf::app;
using densenf_test::contains;

TEST_CASE("a page has everything in it, and texts from outside as text") {
  const std::vector<std::byte> png{std::byte{'f'}, std::byte{'o'}, std::byte{'o'}};
  const std::string evil = "</title><script>alert('x')</script>\"";
  const Report report{.title = evil,
                      .summary = {{"state", evil}},
                      .plots = {"<svg></svg>"},
                      .samples = {{evil, png}},
                      .strip = {{"step 1", png}},
                      .tables = {{"Run", {{evil, evil}}}, {"Nothing", {}}}};
  const std::string html = report_html(report);
  CHECK_FALSE(contains(html, "<script"));
  CHECK_FALSE(contains(html, "alert('x')"));
  CHECK(contains(html, "&lt;script&gt;"));
  CHECK(contains(html, "<svg></svg>"));
  CHECK(contains(html, "src=\"data:image/png;base64,Zm9v\""));
  CHECK(contains(html, "step 1"));
  CHECK_FALSE(contains(html, "Nothing"));
  // Nothing is fetched from elsewhere.
  for (const char* address : {"http:", "https:", "src=\"/", "url(", "@import", "href="})
    CHECK_FALSE(contains(html, address));
}

TEST_CASE("a page without pictures has no headings for them") {
  const std::string html = report_html({.title = "run"});
  CHECK_FALSE(contains(html, "<h2>"));
  CHECK(contains(html, "<title>run</title>"));
}
