// Draws learning curves of several runs over their minutes of training.
//
//     plot_curves <picture.png> <title> <name> <curve.csv> [<name> <curve.csv> ...]
//
// The files have the columns step, seconds, train and held_out, as training runs write them.

#include <string>
#include <vector>

#include "densenf/app/plot.hpp"
#include "densenf/io/csv.hpp"
#include "densenf/io/png.hpp"

int main(int argc, char** argv) try {
  using namespace densenf;
  using namespace densenf::app;
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  if (arguments.size() < 4 || arguments.size() % 2 != 0)
    throw ArgumentError("plot_curves takes a picture, a title, and a name and a file for each run.");
  std::vector<Series> series;
  for (std::size_t i = 2; i < arguments.size(); i += 2) {
    const std::string& name = arguments[i];
    Series train{name + ", training", {}, {}}, held_out{name + ", held out (ELBO)", {}, {}};
    for (const std::vector<double>& row : read_curve(arguments[i + 1])) {
      const double minutes = row.at(1) / 60;
      train.x.push_back(minutes);
      train.y.push_back(row.at(2));
      held_out.x.push_back(minutes);
      held_out.y.push_back(row.at(3));
    }
    if (train.x.empty()) throw FileError("{} has no points yet.", arguments[i + 1]);
    series.push_back(std::move(train));
    series.push_back(std::move(held_out));
  }
  save_png(
      arguments[0],
      line_plot(series, {.title = arguments[1], .x_label = "minutes of training", .y_label = "bits/dim"}));
  return 0;
} catch (const std::exception& e) {
  fmt::print(stderr, "{}\n", e.what());
  return 1;
}
