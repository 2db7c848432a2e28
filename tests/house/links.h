// Links: checks that the relative links of the Markdown pages name existing files and headings.
#pragma once

#include "tests/house/floors.h"

#include <cctype>
#include <map>
#include <regex>

namespace tideline::house {

struct Page {
  Names anchors;                                           // Of its headings.
  std::vector<std::pair<std::size_t, std::string>> links;  // With their line numbers; without links to other sites.
};

// Returns the anchor of a heading: "how-ash-measures" for "## How `a.sh` measures".
inline std::string anchor_of(const std::string& heading) {
  std::string anchor;
  for (const char c : heading.substr(heading.find_first_not_of("# "))) {
    if (std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_')
      anchor += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (c == ' ') anchor += '-';
  }
  return anchor;
}

// Code, inline or fenced, has no links.
inline Page read_page(const std::filesystem::path& file) {
  static const std::regex kCode("`[^`]*`"), kLink("\\]\\(([^)\\s]+)\\)"), kHeading("#+ .*\\w.*");
  Page page;
  std::ifstream in(file);
  std::string text;
  bool fenced = false;
  for (std::size_t line = 1; std::getline(in, text); ++line) {
    if (text.starts_with("```")) fenced = !fenced;
    if (fenced) continue;
    if (std::regex_match(text, kHeading)) page.anchors.insert(anchor_of(text));
    text = std::regex_replace(text, kCode, "");
    for (std::sregex_iterator at(text.begin(), text.end(), kLink), end; at != end; ++at)
      if (const std::string link = (*at)[1]; link.find(':') == std::string::npos) page.links.emplace_back(line, link);
  }
  return page;
}

// Returns the pages at the root and in the folders of the project, by their paths beneath `root`.
inline std::map<std::string, Page> read_pages(const std::filesystem::path& root) {
  std::map<std::string, Page> pages;
  const auto add = [&](const std::filesystem::path& file) {
    if (file.extension() == ".md") pages[file.lexically_relative(root)] = read_page(file);
  };
  for (const auto& entry : std::filesystem::directory_iterator(root)) add(entry.path());
  for (const char* folder : {"bench", "configs", "docs", "examples", "policy", "profiler", "runtime", "tests"}) {
    if (!std::filesystem::exists(root / folder)) continue;
    for (auto at = std::filesystem::recursive_directory_iterator(root / folder); at != end(at); ++at) {
      if (at->path().filename() == "node_modules") at.disable_recursion_pending();  // By npm, and not of the project.
      add(at->path());
    }
  }
  return pages;
}

// Adds a breach for every link to a missing file, or to a heading that its page does not have.
inline void check_links(const std::filesystem::path& root, std::vector<Breach>& found) {
  const std::map<std::string, Page> pages = read_pages(root);
  for (const auto& [file, page] : pages) {
    for (const auto& [line, link] : page.links) {
      const std::size_t hash = std::min(link.find('#'), link.size());
      const std::string anchor = link.substr(std::min(hash + 1, link.size()));
      std::string target = file;
      if (hash > 0) target = (std::filesystem::path(file).parent_path() / link.substr(0, hash)).lexically_normal();
      if (!std::filesystem::exists(root / target)) {
        found.push_back({file, line, link + " leads nowhere"});
        continue;
      }
      if (std::filesystem::is_directory(root / target))
        target = (std::filesystem::path(target) / "README.md").lexically_normal();
      const auto named = pages.find(target);
      if (!anchor.empty() && (named == pages.end() || !named->second.anchors.contains(anchor)))
        found.push_back({file, line, link + " names a heading that is not there"});
    }
  }
}

}  // namespace tideline::house
