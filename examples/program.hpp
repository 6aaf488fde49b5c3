#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "densenf/densenf.hpp"

// What all example programs share: where they run, and how they report errors.
namespace example {

/// Whether what this program runs on a card was built: its .cu file.
#ifdef DENSENF_EXAMPLE_CUDA
inline constexpr bool built_with_cuda = true;
#else
inline constexpr bool built_with_cuda = false;
#endif

inline densenf::ArgumentError built_without_cuda() {
  return densenf::ArgumentError(
      "This program was built without CUDA: use --device cpu, or build it where the CUDA Toolkit is.");
}

inline void add_device(CLI::App& app, std::string& device) {
  app.add_option("--device", device, "Where to train: cpu or cuda")->check(CLI::IsMember({"cpu", "cuda"}));
}

/// Parses the command line and runs `body`; errors become one sentence and an exit status that is not 0.
template <class Body>
int run_program(CLI::App& app, int argc, char** argv, const Body& body) {
  try {
    app.parse(argc, argv);
    body();
  } catch (const CLI::ParseError& e) {
    return app.exit(e);
  } catch (const std::exception& e) {
    fmt::print(stderr, "{}\n", e.what());
    return 1;
  }
  return 0;
}

}  // namespace example
