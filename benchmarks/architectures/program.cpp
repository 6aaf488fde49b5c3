// The program architecture_<name>_<data>: one model of the list, trained for a number of seconds.
//
//     architecture_nice_digits parameters
//     architecture_nice_digits train <folder> <seconds> <data> [<threads>]
//
// The folder has the run, which goes on where it was interrupted; the data are a file of digits, or the
// folder of CIFAR-10. scripts/compare_architectures runs these programs. Ctrl-C saves a checkpoint and ends
// with the status 130, as SIGTERM does with 143.

#include <charconv>
#include <iostream>
#include <string>
#include <vector>

#include "../program.hpp"
#include "subject.hpp"

namespace {

double seconds_in(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !(value > 0 && value < 1e9))
    throw densenf::ArgumentError("'{}' is not a number of seconds.", text);
  return value;
}

}  // namespace

int main(int argc, char** argv) try {
  using namespace architectures;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  const std::string what = arguments.empty() ? "" : arguments[0];
  const Subject& subject = *subjects().at(0);
  if (what == "parameters" && arguments.size() == 1) {
    std::cout << subject.parameters() << '\n';
    return 0;
  }
  if (what == "train" && (arguments.size() == 4 || arguments.size() == 5)) {
    const int threads = arguments.size() == 5 ? bench::positive_number<int>(arguments[4]) : 0;
    const int signal = subject.train({.folder = arguments[1],
                                      .data = arguments[3],
                                      .seconds = seconds_in(arguments[2]),
                                      .threads = threads});
    return signal == 0 ? 0 : 128 + signal;
  }
  std::cerr << "use: " << argv[0] << " parameters, or train FOLDER SECONDS DATA [THREADS]\n";
  return 2;
} catch (const std::exception& e) {
  std::cerr << e.what() << '\n';
  return 1;
}
