#pragma once

#include <CLI/CLI.hpp>
#include <string>

#include "densenf/app/progress.hpp"

// What all example programs share: where they run, and how they report errors.
namespace example {

/// Whether what this program runs on a GPU was built: its .cu file.
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

/// A number that is at least, or more than, `least`, and not so large that it cannot be meant. (CLI11's own
/// checks print the largest double as the end of the range, and its whole numbers stop at the largest there
/// is.)
inline CLI::Validator number_from(double least, bool itself = true) {
  const std::string range = fmt::format("{} {}", itself ? "at least" : "more than", least);
  const auto check = [=](const std::string& text) {
    double value = 0;
    const bool inside =
        CLI::detail::lexical_cast(text, value) && value <= 1e15 && (itself ? value >= least : value > least);
    return inside ? std::string()
                  : fmt::format("must be a number that is {} and at most 1e15, not {}", range, text);
  };
  return CLI::Validator(check, range);
}
inline CLI::Validator more_than_0() { return number_from(0, false); }

/// Parses the command line and runs `body`, which gives the exit status; errors become one sentence and the
/// status 1.
template <class Body>
int run_program(CLI::App& app, int argc, char** argv, const Body& body) {
  try {
    app.parse(argc, argv);
    return body();
  } catch (const CLI::ParseError& e) {
    return app.exit(e);
  } catch (const std::exception& e) {
    densenf::app::write_text(stderr, fmt::format("{}\n", e.what()));
    return 1;
  }
}

}  // namespace example
