// The Frechet inception distance between sets of images: docs/fid.md says what it is and what it needs.

#include <CLI/CLI.hpp>
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../program.hpp"
#include "densenf/app/progress.hpp"
#include "densenf/data/image_folder.hpp"
#include "densenf/metrics/frechet.hpp"
#include "densenf/metrics/moments_file.hpp"
#include "inception.hpp"

namespace {

using namespace densenf;
using std::filesystem::path;

/// The files of pictures at each place: a folder has those in it and below, anything else is one itself.
std::vector<path> picture_files(const std::vector<path>& places) {
  std::vector<path> files;
  for (const path& place : places) {
    if (!std::filesystem::is_directory(place)) {
      files.push_back(place);
      continue;
    }
    const std::vector<std::string> names = image_names(place);
    if (names.empty()) throw FileError("There is no image in folder '{}'.", place.string());
    for (const std::string& name : names) files.push_back(place / name);
  }
  return files;
}

/// Reads the network when pictures need it, once.
class Network {
public:
  explicit Network(path file) : file_(std::move(file)) {}

  Moments moments_of(const std::vector<path>& places) {
    if (!inception_) {
      if (file_.empty()) {
        throw ArgumentError(
            "Features of images need the Inception network of 2015: name its file with --network, "
            "classify_image_graph_def.pb, which holds its graph with all weights as TensorFlow's GraphDef "
            "(docs/fid.md).");
      }
      inception_ = std::make_unique<fid::Inception>(file_);
    }
    const std::vector<path> files = picture_files(places);
    if (files.size() < 2)
      throw ArgumentError("The covariance of features needs two images or more, not {}.", files.size());
    std::unique_ptr<MomentsAccumulator> sums;
    constexpr std::size_t at_once = 16;  // of which the largest layer takes 64 x 147 x 147 floats each, 90 MB
    for (std::size_t i = 0; i < files.size(); i += at_once) {
      std::vector<Picture> pictures;
      for (std::size_t k = i; k < std::min(files.size(), i + at_once); ++k)
        pictures.push_back(read_image(files[k]));
      const FeatureRows rows = inception_->features(pictures);
      if (!sums) sums = std::make_unique<MomentsAccumulator>(rows.cols());
      sums->add(rows);
    }
    if (sums->count() <= sums->features()) {
      app::write_text(
          stderr, fmt::format("Note: {} images leave the covariance of {} features singular, and distances "
                              "too large; compare them only with those of as many images.\n",
                              sums->count(), sums->features()));
    }
    return sums->moments();
  }

private:
  path file_;
  std::unique_ptr<fid::Inception> inception_;
};

}  // namespace

int main(int argc, char** argv) {
  CLI::App app("The Frechet inception distance (FID) between sets of images.");
  app.require_subcommand(1);
  path network, output, first, second;
  std::vector<path> images;

  CLI::App& features = *app.add_subcommand("features", "Write the statistics of images to a file");
  features.add_option("images", images, "Folders of images, or images: PNG, JPEG or WebP")->required();
  features.add_option("-o,--output", output, "The .npz file to write")->required();
  CLI::App& distance = *app.add_subcommand("distance", "Print the distance between two sets");
  distance.add_option("first", first, "A folder of images, or an .npz file of statistics")->required();
  distance.add_option("second", second, "Another")->required();
  for (CLI::App* command : {&features, &distance})
    command->add_option("--network", network, "The Inception network of 2015: classify_image_graph_def.pb");

  return example::run_program(app, argc, argv, [&] {
    Network inception(network);
    if (features.parsed()) {
      save_moments(output, inception.moments_of(images));
      return 0;
    }
    // Files first: what is wrong with one is said before hours are spent on images.
    std::vector<Moments> sets(2);
    const path* const places[] = {&first, &second};
    for (const bool folders : {false, true}) {
      for (std::size_t i = 0; i < 2; ++i) {
        const bool folder = std::filesystem::is_directory(*places[i]);
        if (folder != folders) continue;
        sets[i] = folder ? inception.moments_of({*places[i]}) : load_moments(*places[i]);
      }
    }
    app::write_text(stdout, fmt::format("FID {:.4f}\n", frechet_distance(sets[0], sets[1])));
    return 0;
  });
}
