#pragma once

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>

#include "densenf/io/png.hpp"
#include "images.hpp"

namespace example {

/// Mean and standard error of some numbers.
struct Mean {
  double value = 0, error = 0;

  explicit Mean(const std::vector<double>& numbers) {
    const double n = static_cast<double>(numbers.size());
    value = std::accumulate(numbers.begin(), numbers.end(), 0.0) / n;
    double squares = 0;
    for (const double x : numbers) squares += (x - value) * (x - value);
    error = numbers.size() > 1 ? std::sqrt(squares / (n - 1) / n) : std::numeric_limits<double>::quiet_NaN();
  }
};

/// How likely images are: for all together, for each in a table, and a picture of the unlikeliest.
inline Run add_evaluate(CLI::App& command) {
  struct Options {
    ModelFile file;
    GivenImages images;
    densenf::EvaluationOptions evaluation;
    densenf::Index draws = 1, outliers = 36, magnification = 1;
    std::string csv, picture;
  };
  const auto o = std::make_shared<Options>();
  o->file.add_to(command);
  o->images.add_to(command);
  command
      .add_option(
          "--draws", o->draws,
          "Draws of the importance-weighted bound (IWBO), where the likelihood is bounded; 1: the ELBO alone")
      ->check(number_from(1))
      ->capture_default_str();
  command.add_option("--batch", o->evaluation.batch, "Images in work at one time")
      ->check(number_from(1))
      ->capture_default_str();
  command.add_option("--seed", o->evaluation.seed, "Seed of the noise")->capture_default_str();
  command.add_option("--csv", o->csv, "Table to write: a line for each image with its bits per dimension");
  command.add_option("--outliers", o->picture,
                     "Picture (PNG) to write of the images with the most bits per dimension");
  command.add_option("--outlier-count", o->outliers, "How many of them")
      ->check(number_from(1))
      ->capture_default_str();
  add_magnification(command, o->magnification);
  return [o] {
    using namespace densenf;
    AnyFlow flow = o->file.open();
    const Images images = o->images.load(flow);
    const double to_bits = -1 / (std::numbers::ln2 * static_cast<double>(flow.shape().size()));
    const bool weighted = !flow.exact() && o->draws > 1;
    std::vector<double> one, many;
    app::Progress progress(0, images.count, {.what = "image"});
    for (Index first = 0; first < images.count; first += o->evaluation.batch) {
      const Index count = std::min(o->evaluation.batch, images.count - first);
      const Images some = images.part(first, count);
      EvaluationOptions options = o->evaluation;
      options.first_image = o->images.first() + first;
      const auto add = [&](const std::vector<double>& log_prob, std::vector<double>& bits) {
        for (const double l : log_prob) bits.push_back(to_bits * l);
      };
      with_input(flow, some, [&](const AnyInput& input) {
        add(flow.exact() ? flow.log_prob(input, options) : flow.elbo(input, options), one);
        if (weighted) add(flow.iwbo(input, o->draws, options), many);
        return 0;
      });
      progress.update(Mean({one.end() - count, one.end()}).value, count);
    }
    progress.end_line();
    const auto tell = [&](const std::string& what, const std::vector<double>& bits) {
      const Mean mean(bits);
      say(fmt::format("{}: {:.4f} bits/dim, standard error {:.4f} ({} images)\n", what, mean.value,
                      mean.error, bits.size()));
    };
    tell(flow.exact() ? "exact" : "ELBO", one);
    if (weighted) tell(fmt::format("IWBO, {} draws", o->draws), many);
    if (!o->csv.empty()) {
      std::string text = weighted       ? "image,elbo,iwbo\n"
                         : flow.exact() ? "image,bits_per_dim\n"
                                        : "image,elbo\n";
      for (std::size_t i = 0; i < one.size(); ++i) {
        text += fmt::format("{},{}", o->images.first() + static_cast<Index>(i), one[i]);
        text += weighted ? fmt::format(",{}\n", many[i]) : std::string("\n");
      }
      AtomicFile csv(o->csv);
      csv.write(text);
      csv.commit();
    }
    if (!o->picture.empty()) {
      const std::vector<double>& bits = weighted ? many : one;
      std::vector<Index> order(bits.size());
      std::iota(order.begin(), order.end(), Index{0});
      std::stable_sort(order.begin(), order.end(), [&](Index a, Index b) {
        return bits[static_cast<std::size_t>(a)] > bits[static_cast<std::size_t>(b)];
      });
      order.resize(std::min(order.size(), static_cast<std::size_t>(o->outliers)));
      std::vector<std::uint8_t> values;
      std::string numbers;
      for (const Index i : order) {
        const auto image = images.image(i);
        values.insert(values.end(), image.begin(), image.end());
        numbers += fmt::format("{}{} ({:.3f})", numbers.empty() ? "" : ", ", o->images.first() + i,
                               bits[static_cast<std::size_t>(i)]);
      }
      save_png(o->picture, values, images.shape, levels_of(flow), {.magnification = o->magnification});
      say(fmt::format("{} shows, row by row, images {}\n", o->picture, numbers));
    }
    return 0;
  };
}

}  // namespace example
