#pragma once

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include "densenf/app/html.hpp"
#include "densenf/core/error.hpp"

namespace densenf::app {

/// Names and values, in the order in which they are shown.
using Facts = std::vector<std::pair<std::string, std::string>>;

struct ReportTable {
  std::string title;
  Facts facts;
};

struct ReportPicture {
  std::string caption;
  std::vector<std::byte> png;
};

/// What a page about a run shows, from top to bottom. All texts but the plots are plain.
struct Report {
  std::string title;
  Facts summary = {};                   ///< large, side by side
  std::vector<std::string> plots = {};  ///< <svg> elements
  std::vector<ReportPicture> samples = {};
  std::vector<ReportPicture> strip = {};  ///< small ones in one row
  std::vector<ReportTable> tables = {};
};

namespace detail {

/// Widths from that of a telephone on; light or dark as the reader has it.
inline constexpr const char* report_style = R"(
:root { color-scheme: light dark; }
body { font: 15px/1.45 system-ui, sans-serif; margin: 0 auto; max-width: 1240px; padding: 12px 16px 32px; }
h1 { font-size: 1.5em; margin: .4em 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15em; margin: 1.6em 0 .6em; }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(150px, 1fr)); gap: 10px 18px; margin: 0; }
dt { opacity: .7; font-size: .85em; }
dd { margin: 0; font-weight: 600; overflow-wrap: anywhere; }
.plots { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 360px), 1fr)); gap: 18px; }
.plots svg { width: 100%; height: auto; }
img { image-rendering: pixelated; max-width: 100%; height: auto; vertical-align: top; }
figure { margin: 0; }
figcaption { opacity: .7; font-size: .85em; margin-top: 2px; }
.strip { display: grid; grid-template-columns: repeat(auto-fill, minmax(128px, 1fr)); gap: 12px; }
.strip img { width: 100%; max-width: 192px; }
.tables { columns: 2 440px; column-gap: 32px; }
section { break-inside: avoid; padding-top: 1px; }
table { border-collapse: collapse; width: 100%; font-size: .9em; }
td { padding: 3px 0; vertical-align: top; border-bottom: 1px solid color-mix(in srgb, currentColor 15%, transparent); }
td + td { padding-left: 14px; overflow-wrap: anywhere; }
)";

inline std::string report_pictures(const std::vector<ReportPicture>& pictures) {
  std::string html;
  for (const ReportPicture& p : pictures) {
    const std::string caption = escape_html(p.caption);
    html += fmt::format(
        "<figure><img alt=\"{0}\" src=\"data:image/png;base64,{1}\"><figcaption>{0}</figcaption></figure>\n",
        caption, base64(p.png));
  }
  return html;
}

}  // namespace detail

/// The page, which needs no other file.
inline std::string report_html(const Report& r) {
  const std::string title = escape_html(r.title);
  std::string html = fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>{0}</title>\n<style>{1}</style>\n</head>\n<body>\n<h1>{0}</h1>\n<dl>\n",
      title, detail::report_style);
  for (const auto& [name, value] : r.summary)
    html += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escape_html(name), escape_html(value));
  html += "</dl>\n";
  const auto section = [&](const char* heading, const char* kind, const std::string& content) {
    if (content.empty()) return;
    html += fmt::format("<h2>{}</h2>\n<div class=\"{}\">\n{}</div>\n", heading, kind, content);
  };
  section("Curves", "plots", joined(r.plots, ""));
  section("Samples", "samples", detail::report_pictures(r.samples));
  section("Samples over time", "strip", detail::report_pictures(r.strip));
  std::string tables;
  for (const ReportTable& t : r.tables) {
    if (t.facts.empty()) continue;
    tables += fmt::format("<section><h2>{}</h2>\n<table>\n", escape_html(t.title));
    for (const auto& [name, value] : t.facts)
      tables += fmt::format("<tr><td>{}</td><td>{}</td></tr>\n", escape_html(name), escape_html(value));
    tables += "</table></section>\n";
  }
  if (!tables.empty()) html += fmt::format("<div class=\"tables\">\n{}</div>\n", tables);
  return html + "</body>\n</html>\n";
}

}  // namespace densenf::app
