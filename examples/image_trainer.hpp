#pragma once

#include <memory>
#include <string>
#include <utility>

#include "models.hpp"
#include "settings.hpp"

// What trainers on sets of images have in common. Each says where its images come from, and with which
// settings it is begun.
namespace example {

struct DataSet {
  std::unique_ptr<const densenf::ImageSource> training;
  densenf::Images held_out;
  densenf::Augmentation augmentation = {};
};

/// Images that are kept in memory, as a source of their own.
class KeptImages : public densenf::ImagesInMemory {
public:
  static std::unique_ptr<const densenf::ImageSource> make(densenf::Images images) {
    return std::unique_ptr<const densenf::ImageSource>(
        new KeptImages(std::make_unique<densenf::Images>(std::move(images))));
  }

private:
  explicit KeptImages(std::unique_ptr<densenf::Images> images)
      : ImagesInMemory(*images), images_(std::move(images)) {}
  std::unique_ptr<densenf::Images> images_;
};

/// The paper's settings (its section 4.1 and appendix): Adamax with a warm-up of 5000 steps and a factor for
/// each epoch, and the last epochs at a rate of 2e-5.
inline Settings paper_settings(const char* folder, double epochs, double gamma, densenf::Index batch,
                               double last_epochs, densenf::Index importance_draws) {
  Settings s;
  s.run.folder = folder;
  s.run.steps = 0;
  s.run.evaluate_every = 1000;
  s.run.importance_draws = importance_draws;
  s.batch = batch;
  s.epochs = epochs;
  s.gamma = gamma;
  s.last_epochs = last_epochs;
  s.last_lr = 2e-5;
  s.usual_warmup = 5000;
  return s;
}

/// A trainer: adds the options that all have, parses the command line, and trains the model that it names on
/// what `load` gives; the exit status.
template <class Load>
int train_program(CLI::App& app, Settings settings, const std::string& usual_model, int argc, char** argv,
                  const Load& load, densenf::Index levels = 256) {
  std::string model = usual_model;
  add_options(app, settings);
  const std::vector<std::string> models = Models::all().names(levels);
  app.add_option("--model", model, "Model; CMake's DENSENF_MODELS says which the program has")
      ->check(CLI::IsMember(models));
  return run_program(app, argc, argv, [&] {
    const NamedModel& chosen = Models::all().at(model);
    settings.run.model = model;
    settings.run.program = option_values(app);
    const DataSet data = load();
    return chosen.train({settings, *data.training, data.held_out, data.augmentation});
  });
}

}  // namespace example
