#pragma once

#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <set>
#include <string>

// Finds out what the library declares, so that tests can require that nothing is left out of a list.
namespace scan {

inline bool is_word(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

/// A file of the repository.
inline std::string text_of(const std::string& path) {
  std::ifstream file(std::string(DENSENF_SOURCE_DIR) + "/" + path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The word that ends at `end`.
inline std::string word_before(const std::string& text, std::size_t end) {
  std::size_t first = end;
  while (first > 0 && is_word(text[first - 1])) --first;
  return text.substr(first, end - first);
}

/// Calls visit(text) with each header of include/densenf/<folder>.
template <class Visit>
void headers(const std::string& folder, const Visit& visit) {
  for (const auto& entry :
       std::filesystem::directory_iterator(std::string(DENSENF_SOURCE_DIR) + "/include/densenf/" + folder)) {
    if (entry.path().extension() != ".hpp") continue;
    std::ifstream file(entry.path());
    visit(std::string(std::istreambuf_iterator<char>(file), {}));
  }
}

/// Names of the function templates over a context in a folder.
inline std::set<std::string> functions_of_a_context(const std::string& folder) {
  std::set<std::string> names;
  headers(folder, [&](const std::string& text) {
    for (std::size_t at = text.find("template <class Ctx"); at != std::string::npos;
         at = text.find("template <class Ctx", at + 1)) {
      names.insert(word_before(text, text.find('(', at)));
    }
  });
  return names;
}

/// Names of the classes that derive from a CRTP base: "class Name : public Base<" or "struct Name : Base<".
inline std::set<std::string> derived_from(const std::string& base, const std::string& folder) {
  std::set<std::string> names;
  headers(folder, [&](const std::string& text) {
    for (const std::string& access : {std::string(" : public "), std::string(" : ")}) {
      const std::string words = access + base + "<";
      for (std::size_t at = text.find(words); at != std::string::npos; at = text.find(words, at + 1)) {
        names.insert(word_before(text, at));
      }
    }
  });
  return names;
}

}  // namespace scan
