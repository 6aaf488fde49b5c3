// Fits a density to the rows of a CSV or npy file, tells how likely held-out rows are, and draws new ones.

#include "densenf/app/progress.hpp"
#include "densenf/densenf.hpp"
#include "densenf/io/csv_table.hpp"
#include "densenf/io/npy.hpp"
#include "densenf/io/weights.hpp"
#include "densenf/models/tabular.hpp"
#include "densenf/train/fit.hpp"
#include "program.hpp"

namespace {

using namespace densenf;

struct Settings {
  std::string data, output = "table_output", model = "splines";
  std::vector<std::string> columns;
  double held_out = 0.1;
  Index draws = 1000;
  int threads = 0;
  FitOptions fit;
};

Table<float> load(const Settings& s) {
  Table<float> table = s.data.ends_with(".npy") ? load_npy(s.data) : load_csv(s.data);
  if (s.columns.empty()) return table;
  std::vector<Index> chosen;
  for (const std::string& name : s.columns) {
    const auto found = std::find(table.names.begin(), table.names.end(), name);
    if (found == table.names.end())
      throw ArgumentError("No column is called '{}'; the table's columns are: {}.", name,
                          table.names.empty() ? "without names" : joined(table.names, ", "));
    chosen.push_back(found - table.names.begin());
  }
  return table.columns_at(std::span<const Index>(chosen));
}

/// The numbers are standardized first, which counts in the density.
template <class Model>
int fit_model(const Settings& s) {
  const Table<float> all = load(s);
  const auto [training, held_out] = split_rows(all, s.held_out, s.fit.seed);
  Flow<Compose<Standardize, Model>, float, Cpu, BaseOf<Model>> flow(all.shape, Cpu(s.threads), s.fit.seed);
  app::write_text(stdout,
                  fmt::format("{} columns, {} rows to fit, {} held out, {} parameters\n", all.columns(),
                              training.rows(), held_out.rows(), flow.table().parameter_count()));
  FitOptions options = s.fit;
  options.after_epoch = [](const FitEpoch& e) {
    return app::write_text(stdout,
                           fmt::format("epoch {}: training {:.4f}, held out {:.4f} nats a row{}\n", e.epoch,
                                       e.training_nats, e.held_out_nats, e.best ? ", the best yet" : ""));
  };
  const FitReport report = fit(flow, training, held_out, options);
  std::error_code code;
  std::filesystem::create_directories(s.output, code);
  if (code) throw FileError("The output folder '{}' cannot be made: {}.", s.output, code.message());
  const std::filesystem::path folder(s.output);
  save_weights(flow, folder / "weights.safetensors");
  if (s.draws > 0) {
    const Batch<float> drawn = flow.sample(s.draws, {.seed = s.fit.seed});
    save_csv(folder / "samples.csv", Table<float>(s.draws, all.columns(), drawn.values, all.names));
  }
  app::write_text(stdout,
                  fmt::format("held out: {:.4f} nats a row after epoch {}; {} has weights.safetensors{}\n",
                              report.best.held_out_nats, report.best.epoch, s.output,
                              s.draws > 0 ? " and samples.csv" : ""));
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CLI::App app(
      "Fits a flow to the rows of a table of numbers: CSV with or without names of columns, or an array of "
      "NumPy's (.npy).");
  app.option_defaults()->always_capture_default();
  Settings s;
  app.add_option("--data", s.data, "The file")->required();
  app.add_option("-o,--output", s.output, "Folder for weights and draws");
  app.add_option("--columns", s.columns, "Names of the columns to take, and their order; default: all")
      ->delimiter(',');
  app.add_option("--model", s.model,
                 "splines: coupling layers of rational-quadratic splines; maf: affine autoregressive layers")
      ->check(CLI::IsMember({"splines", "maf"}));
  app.add_option("--held-out", s.held_out, "Fraction of the rows that is held out")
      ->check(CLI::Range(0.001, 0.9));
  app.add_option("--epochs", s.fit.epochs, "Epochs, at most")->check(example::number_from(1));
  app.add_option("--patience", s.fit.patience,
                 "Epochs without a better held-out likelihood after which it ends; 0: none")
      ->check(example::number_from(0));
  app.add_option("--batch", s.fit.batch_size, "Rows in a step")->check(example::number_from(1));
  app.add_option("--lr", s.fit.lr, "Learning rate at the beginning")->check(example::more_than_0());
  app.add_option("--draws", s.draws, "Rows to draw in the end; 0: none")->check(example::number_from(0));
  app.add_option("--seed", s.fit.seed, "Seed of weights, order and draws");
  app.add_option("--threads", s.threads, "Threads; 0: one per core")->check(example::number_from(0));
  return example::run_program(app, argc, argv, [&] {
    return s.model == "maf" ? fit_model<TabularMaf<>>(s) : fit_model<TabularSplineCoupling<5, 64>>(s);
  });
}
