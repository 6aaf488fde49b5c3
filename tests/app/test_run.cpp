#include "densenf/app/run.hpp"

#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <limits>
#include <optional>
#include <set>
#include <type_traits>

#include "../data/remote_images.hpp"
#include "../io/temporary_folder.hpp"
#include "../train/small_flow.hpp"
#include "densenf/bijectors/residual.hpp"
#include "densenf/io/model_registry.hpp"
#include "densenf/nn/bounded_networks.hpp"

using namespace densenf;
using namespace densenf::app;
using densenf_test::contains;
using densenf_test::message_of;
using densenf_test::TemporaryFolder;
using SmallFlow = Flow<small::Model, float>;

namespace {

RunOptions options(const std::filesystem::path& folder, Index steps, bool resume = false) {
  return {.folder = folder,
          .steps = steps,
          .evaluate_every = 2,
          .log_every = 3,
          .importance_draws = 4,
          .importance_images = 8,
          .samples = 4,
          .picture_levels = 16,
          .resume = resume};
}

// The quickest to compile.
using Tiny = Flow<Compose<Dequantize<4, UniformNoise>, Center, ActNorm>, float>;
constexpr Shape tiny_shape{1, 4, 4};

Images tiny_images(Index count = 12) {
  Images all{tiny_shape, count, 16, {}};
  for (Index i = 0; i < count * 16; ++i)
    all.values.push_back(static_cast<std::uint8_t>((7 * i + i / 5) % 16));
  return all;
}

/// What a run needs; `run` is one in a process of its own, as far as densenf can tell.
struct TinyRun {
  explicit TinyRun(TrainOptions options = {}, BatchOptions batch_options = {.batch_size = 4},
                   Images training = tiny_images())
      : images(std::move(training)),
        flow(tiny_shape, Cpu(1)),
        trainer(flow, std::move(options)),
        batches(images, batch_options) {}
  RunResult run(const RunOptions& o) { return TrainingRun<Tiny>(trainer, batches, images, o).run(); }

  Images images;
  Tiny flow;
  Trainer<Tiny> trainer;
  DataLoader batches;
};

RunOptions tiny_options(const std::filesystem::path& folder, Index steps = 4) {
  return {.folder = folder,
          .steps = steps,
          .evaluate_every = 2,
          .importance_draws = 2,
          .evaluation_batch = 4,
          .samples = 4,
          .picture_levels = 16};
}

Index checkpoint_step(const std::filesystem::path& path) {
  return checkpoint_number<Index>(SafetensorsFile(path), "steps");
}

/// What a program writes to one of its descriptors while this lives.
class Captured {
public:
  explicit Captured(std::FILE* stream) : stream_(stream) {
    std::fflush(stream_);
    before_ = ::dup(fileno(stream_));
    ::dup2(fileno(file_.get()), fileno(stream_));
  }
  ~Captured() { restore(); }
  std::string text() {
    restore();
    std::rewind(file_.get());
    std::string all;
    for (int c; (c = std::fgetc(file_.get())) != EOF;) all += static_cast<char>(c);
    return all;
  }

private:
  void restore() {
    std::fflush(stream_);
    if (before_ >= 0) ::dup2(before_, fileno(stream_));
    if (before_ >= 0) ::close(before_);
    before_ = -1;
  }
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> file_{std::tmpfile(), &std::fclose};
  std::FILE* stream_;
  int before_ = -1;
};

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

/// One run in a process of its own, as far as densenf can tell.
RunResult run(const RunOptions& run_options, const Images& images, std::vector<float>* weights = nullptr) {
  SmallFlow flow({1, 8, 8}, Cpu(1));
  Trainer<SmallFlow> trainer(flow, {.seed = 1});
  DataLoader batches(images, {.batch_size = 8, .seed = 1});
  const RunResult result = TrainingRun<SmallFlow>(trainer, batches, images, run_options).run();
  if (weights != nullptr) *weights = flow.parameters().to_host();
  return result;
}

}  // namespace

TEST_CASE("a run leaves weights, pictures and its curve") {
  const TemporaryFolder folder;
  const Images images = small::images();
  const auto out = folder.path() / "run";
  std::vector<float> weights;
  const RunResult result = run(options(out, 5), images, &weights);
  CHECK(result.finished);
  CHECK(result.iwbo < result.elbo + 0.2);
  for (const char* name :
       {"weights.safetensors", "weights_best.safetensors", "checkpoint.safetensors", "samples.png",
        "samples/step_000002.png", "curve.png", "curve.csv", "log.csv", "report.html"}) {
    CHECK_MESSAGE(std::filesystem::file_size(out / name) > 0, name);
  }
  const auto rows = read_curve(out / "curve.csv");
  REQUIRE(rows.size() == 3);
  CHECK(rows[0][0] == 2);
  CHECK(rows[2][0] == 5);

  SmallFlow again({1, 8, 8}, Cpu(1), 9);
  load_weights(again, out / "weights.safetensors");
  CHECK(again.parameters().to_host() == weights);

  CHECK_THROWS_WITH_AS(run(options(out, 5), images), doctest::Contains("holds an earlier run"),
                       ArgumentError);
  CHECK_THROWS_WITH_AS(run(options(out, 3, true), images), doctest::Contains("beyond the 3 steps"),
                       ArgumentError);
  CHECK_THROWS_WITH_AS(run(options(folder.path() / "empty", 3, true), images),
                       doctest::Contains("nothing to resume"), FileError);
}

TEST_CASE("an interrupted run goes on as if it had never stopped") {
  const TemporaryFolder folder;
  const Images images = small::images();
  std::vector<float> whole, resumed;
  run(options(folder.path() / "whole", 7), images, &whole);

  RunOptions stopping = options(folder.path() / "parts", 7);
  stopping.stop = [](Index steps) { return steps == 3; };
  CHECK_FALSE(run(stopping, images).finished);
  const RunResult result = run(options(folder.path() / "parts", 7, true), images, &resumed);
  CHECK(result.finished);
  CHECK(resumed == whole);
  const auto a = read_curve(folder.path() / "whole" / "curve.csv"),
             b = read_curve(folder.path() / "parts" / "curve.csv");
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) {
    CHECK(a[i][0] == b[i][0]);
    CHECK(a[i][2] == b[i][2]);  // training bits/dim
    CHECK(a[i][3] == b[i][3]);  // held-out bits/dim
  }
  const auto lines = read_curve(folder.path() / "whole" / "log.csv"),
             again = read_curve(folder.path() / "parts" / "log.csv");
  REQUIRE(lines.size() == 3);
  REQUIRE(again.size() == 3);
  for (std::size_t i = 0; i < 3; ++i) {
    CHECK(lines[i][0] == std::vector<double>{3, 6, 7}[i]);
    for (const std::size_t same : {0u, 1u, 3u, 4u, 5u})
      CHECK(lines[i][same] == again[i][same]);  // all but time
  }
}

// What a run keeps a reference to must not be a temporary.
static_assert(!std::is_constructible_v<TrainingRun<Tiny>, Trainer<Tiny>&, DataLoader&, Images, RunOptions>);
static_assert(
    !std::is_constructible_v<TrainingRun<Tiny>, Trainer<Tiny>&, DataLoader&, const Images, RunOptions>);
static_assert(std::is_constructible_v<TrainingRun<Tiny>, Trainer<Tiny>&, DataLoader&, Images&, RunOptions>);
static_assert(
    std::is_constructible_v<TrainingRun<Tiny>, Trainer<Tiny>&, DataLoader&, const Images&, RunOptions>);
static_assert(!std::is_constructible_v<DataLoader, const Images, BatchOptions>);

TEST_CASE("a run with an average leaves the flow's own weights, saves the average, and can go on") {
  const TemporaryFolder folder;
  const Images images = small::images();
  const TrainOptions train{.average = WeightAverage{0.5}, .seed = 1};
  SmallFlow flow({1, 8, 8}, Cpu(1)), plain_flow({1, 8, 8}, Cpu(1)), saved({1, 8, 8}, Cpu(1), 9);
  Trainer<SmallFlow> trainer(flow, train), plain(plain_flow, train);
  DataLoader batches(images, {.batch_size = 8, .seed = 1});
  std::vector<std::uint8_t> batch(static_cast<std::size_t>(batches.batch_values()));
  const auto step = [&](Trainer<SmallFlow>& t) {
    batches.fill(t.steps(), batch);
    t.step(BatchView<std::uint8_t>{batch.data(), 8, {1, 8, 8}});
  };
  for (int i = 0; i < 3; ++i) step(plain);

  TrainingRun<SmallFlow>(trainer, batches, images, options(folder / "run", 3)).run();
  CHECK(flow.parameters().to_host() == plain_flow.parameters().to_host());
  CHECK(flow.state().to_host() == plain_flow.state().to_host());
  load_weights(saved, folder / "run" / "weights.safetensors");
  CHECK(saved.parameters().to_host() == trainer.average().to_host());
  CHECK(saved.parameters().to_host() != flow.parameters().to_host());
  // The running statistics are averaged with the weights that they belong to.
  CHECK(saved.state().to_host() == trainer.average_state().to_host());
  CHECK(saved.state().to_host() != flow.state().to_host());

  step(trainer);
  step(plain);
  CHECK(flow.parameters().to_host() == plain_flow.parameters().to_host());
  CHECK(trainer.average().to_host() == plain.average().to_host());
  CHECK(trainer.average_state().to_host() == plain.average_state().to_host());
}

TEST_CASE("a run takes images from any source, and one that is resumed must have the same") {
  const TemporaryFolder folder;
  TinyRun memory;
  CHECK(memory.run(tiny_options(folder / "memory")).finished);
  const Images images = tiny_images();
  const densenf_test::Remote remote(images);
  DataLoader batches(remote, {.batch_size = 4});
  Tiny flow(tiny_shape, Cpu(1));
  Trainer<Tiny> trainer(flow, {});
  RunOptions o = tiny_options(folder / "remote");
  o.stop = [](Index step) { return step == 3; };
  CHECK_FALSE(TrainingRun<Tiny>(trainer, batches, images, o).run().finished);
  o.stop = {};
  o.resume = true;
  CHECK(TrainingRun<Tiny>(trainer, batches, images, o).run().finished);
  CHECK(flow.parameters().to_host() == memory.flow.parameters().to_host());

  Images other = images;
  other.values[0] ^= 1;
  const densenf_test::Remote changed(other);
  DataLoader other_batches(changed, {.batch_size = 4});
  CHECK(contains(message_of<FileError>([&] { TrainingRun<Tiny>(trainer, other_batches, images, o); }),
                 "training images"));
  other.values[0] = 200;
  CHECK(contains(message_of<ArgumentError>([&] { TrainingRun<Tiny>(trainer, other_batches, images, o); }),
                 "a training one may have the value 200"));
}

TEST_CASE("what could not come to a good end is refused before the folder is made") {
  const TemporaryFolder folder;
  const auto out = folder / "run";
  const auto refuses = [&](const auto& change, const char* text) {
    TinyRun r;
    RunOptions o = tiny_options(out);
    Images held_out = r.images;
    change(o, held_out);
    const std::string said = message_of<Error>([&] { TrainingRun<Tiny>(r.trainer, r.batches, held_out, o); });
    CHECK_MESSAGE(contains(said, text), said);
    CHECK_FALSE(std::filesystem::exists(out));
  };
  refuses([](RunOptions& o, Images&) { o.folder.clear(); }, "output folder needs a name");
  refuses([](RunOptions& o, Images&) { o.steps = 0; }, "at least one step");
  refuses([](RunOptions& o, Images&) { o.evaluate_every = 0; }, "between evaluations must be at least 1");
  refuses([](RunOptions& o, Images&) { o.log_every = 0; }, "between lines of the log must be at least 1");
  refuses([](RunOptions& o, Images&) { o.keep_checkpoints = 1; },
          "checkpoints that are kept must be at least 2");
  refuses([](RunOptions& o, Images&) { o.held_out_images = 0; }, "held-out images for the curve");
  refuses([](RunOptions& o, Images&) { o.importance_draws = 0; }, "draws");
  refuses([](RunOptions& o, Images&) { o.importance_images = 0; },
          "images for the importance-weighted bound");
  refuses([](RunOptions& o, Images&) { o.evaluation_batch = 0; }, "batch of evaluations");
  refuses([](RunOptions& o, Images&) { o.samples = -1; }, "number of samples must be at least 0");
  refuses([](RunOptions& o, Images&) { o.temperature = -1; }, "temperature");
  refuses([](RunOptions& o, Images&) { o.temperature = std::numeric_limits<double>::infinity(); },
          "temperature");
  refuses([](RunOptions& o, Images&) { o.magnification = 0; }, "magnification");
  refuses([](RunOptions& o, Images&) { o.magnification = 1'000'000'000'000; }, "magnification");
  refuses([](RunOptions& o, Images&) { o.magnification = 200'000; }, "larger than");
  refuses([](RunOptions& o, Images&) { o.picture_levels = 1; }, "2 to 256 levels");
  refuses([](RunOptions& o, Images&) { o.picture_levels = 257; }, "2 to 256 levels");
  refuses([](RunOptions& o, Images&) { o.resume = true; }, "nothing to resume");
  refuses([](RunOptions& o, Images&) { o.resume_previous = true; }, "set resume too");
  refuses([](RunOptions& o, Images&) { o.resume = o.replace = true; }, "not both");
  refuses([](RunOptions&, Images& held_out) { held_out.count = 0; }, "at least one held-out image");
  refuses([](RunOptions&, Images& held_out) { held_out.shape = {1, 2, 8}; }, "images of 1x4x4");
  refuses([](RunOptions&, Images& held_out) { held_out.values.pop_back(); },
          "A set needs 192 values for 12 images of 1x4x4, but has 191.");
  refuses([](RunOptions&, Images& held_out) { held_out.values[3] = 16; }, "levels 0 to 15");
  TinyRun other({}, {.batch_size = 4}, [] {
    Images large = tiny_images();
    large.values[7] = 200;
    return large;
  }());
  CHECK_THROWS_WITH_AS(other.run(tiny_options(out)), doctest::Contains("a training one has the value 200"),
                       ArgumentError);
}

TEST_CASE("images of two channels are refused only where a picture of samples is asked for") {
  const TemporaryFolder folder;
  Images images{{2, 2, 2}, 6, 16, {}};
  for (int i = 0; i < 48; ++i) images.values.push_back(static_cast<std::uint8_t>(i % 16));
  Tiny flow({2, 2, 2}, Cpu(1));
  Trainer<Tiny> trainer(flow, {});
  DataLoader batches(images, {.batch_size = 3});
  RunOptions o = tiny_options(folder / "run");
  CHECK_THROWS_WITH_AS(TrainingRun<Tiny>(trainer, batches, images, o), doctest::Contains("set samples to 0"),
                       ArgumentError);
  o.samples = 0;
  CHECK(TrainingRun<Tiny>(trainer, batches, images, o).run().finished);
  CHECK_FALSE(std::filesystem::exists(folder / "run" / "samples.png"));
}

TEST_CASE(
    "the checkpoint comes before pictures, and a picture that fails is told once while the run goes on") {
  const TemporaryFolder folder;
  const auto out = folder / "run";
  std::filesystem::create_directories(out / "samples.png");  // so that no picture can take its place
  TinyRun r;
  Captured told(stderr);
  const RunResult result = r.run(tiny_options(out, 6));
  const std::string text = told.text();
  CHECK(result.finished);
  CHECK(count_of(text, "Samples could not be drawn, while the run goes on") == 1);
  CHECK(checkpoint_step(out / "checkpoint.safetensors") == 6);
  CHECK(std::filesystem::exists(out / "weights.safetensors"));
  CHECK(read_curve(out / "curve.csv").size() == 3);
}

TEST_CASE("a run that diverges leaves a good checkpoint, and can go on from it with a lower learning rate") {
  const TemporaryFolder folder;
  const auto out = folder / "run";
  // The rates of the first three steps are 0, 1e30 and 1e30: the first leaves all as it was, and the second
  // throws the weights away.
  const TrainOptions wild{.optimizer = Sgd{.momentum = 0}, .schedule = {.lr = 1e30, .warmup_steps = 1}};
  const TrainOptions tame{.optimizer = Sgd{.momentum = 0}, .schedule = {.lr = 1e-3, .warmup_steps = 1}};
  RunOptions o = tiny_options(out);
  o.evaluate_every = 1;
  std::string said;
  {
    const Captured quiet(stderr);
    said = message_of<NonFiniteError>([&] { TinyRun(wild).run(o); });
  }
  CHECK(contains(said, "Step 3 stopped"));
  CHECK(contains(said, "checkpoint_previous.safetensors is the last good checkpoint"));
  CHECK(checkpoint_step(out / "checkpoint.safetensors") == 2);
  CHECK(checkpoint_step(out / "checkpoint_previous.safetensors") == 1);
  const auto curve = read_curve(out / "curve.csv");
  REQUIRE(curve.size() == 2);
  CHECK(std::isfinite(curve[0][3]));
  CHECK_FALSE(std::isfinite(curve[1][3]));

  o.resume = true;
  {
    const Captured quiet(stderr);
    CHECK_THROWS_AS(TinyRun(tame).run(o), NonFiniteError);  // at the same step
  }
  o.resume_previous = true;
  TinyRun again(tame);
  CHECK(again.run(o).finished);
  for (const float p : again.flow.parameters().to_host()) CHECK(std::isfinite(p));
  CHECK(read_curve(out / "curve.csv").size() == 4);
  CHECK(checkpoint_step(out / "checkpoint.safetensors") == 4);
  CHECK(checkpoint_step(out / "checkpoint_previous.safetensors") == 3);
}

TEST_CASE("a run that diverges between checkpoints keeps the last one") {
  const TemporaryFolder folder;
  const auto out = folder / "run";
  RunOptions o = tiny_options(out);
  TinyRun r;
  o.stop = [&](Index step) {
    std::vector<float> broken(static_cast<std::size_t>(r.flow.parameters().size()), NAN);
    if (step == 3) r.flow.set_parameters(broken);
    return false;
  };
  CHECK_THROWS_WITH_AS(r.run(o),
                       doctest::Contains("checkpoint.safetensors holds step 2: resume it with a lower"),
                       NonFiniteError);
  CHECK(checkpoint_step(out / "checkpoint.safetensors") == 2);
  o.stop = {};
  o.resume = true;
  CHECK(TinyRun().run(o).finished);
}

TEST_CASE("a run whose mean of bits is negative resumes") {
  const TemporaryFolder folder;
  const auto path = folder / "run" / "checkpoint.safetensors";
  RunOptions o = tiny_options(folder / "run");
  o.stop = [](Index step) { return step == 3; };
  TinyRun r;
  CHECK_FALSE(r.run(o).finished);
  save_checkpoint(r.trainer, path, [&] {
    CheckpointSettings numbers = app::detail::batch_settings(r.batches);
    numbers.insert({{"run_bits", "-0.25"}, {"run_steps", "1"}, {"run_seconds", "1"}});
    return numbers;
  }());
  o.stop = {};
  o.resume = true;
  CHECK(TinyRun().run(o).finished);
  CHECK(read_curve(folder / "run" / "curve.csv").back()[2] < 5);
}

TEST_CASE("a run is resumed with the same batches, or refused") {
  const TemporaryFolder folder;
  const auto out = folder / "run";
  RunOptions o = tiny_options(out);
  o.stop = [](Index step) { return step == 3; };
  const BatchOptions batch{.batch_size = 4};
  TinyRun({}, batch).run(o);
  o.resume = true;
  const auto refuses = [&](const TrainOptions& train, const BatchOptions& batches, const Images& images,
                           const char* what) {
    TinyRun r(train, batches, images);
    const auto before = r.flow.parameters().to_host();
    const std::string said = message_of<FileError>([&] { r.run(o); });
    CHECK_MESSAGE(contains(said, what), said);
    CHECK(contains(said, "resume with the same settings"));
    CHECK(r.flow.parameters().to_host() == before);
    CHECK(read_curve(out / "curve.csv").size() == 1);
  };
  const Images images = tiny_images();
  refuses({}, {.batch_size = 3}, images, "batch size '4', but this run has '3'");
  refuses({}, {.batch_size = 4, .seed = 1}, images, "seed of batches");
  refuses({}, {.batch_size = 4, .order = Order::with_replacement}, images, "order of images");
  refuses({}, {.batch_size = 4, .augmentation = {.flip = true}}, images, "augmentation");
  refuses({}, {.batch_size = 4, .augmentation = {.max_shift = 0.1}}, images, "augmentation");
  refuses({}, batch, tiny_images(11), "training images '12 of 1x4x4");
  Images other = images;
  other.values.back() ^= 1;
  refuses({}, batch, other, "training images");
  refuses({.average = WeightAverage{}}, batch, images, "average of weights");
  refuses({.optimizer = Adamax{.beta1 = 0.5}}, batch, images, "optimizer settings");

  o.stop = {};
  CHECK(TinyRun({.schedule = {.lr = 1e-5, .warmup_steps = 9},
                 .max_gradient_norm = 1,
                 .policy = MemoryPolicy::recompute},
                batch)
            .run(o)
            .finished);
}

TEST_CASE("whatever is wrong with the folder is one densenf::Error") {
  const TemporaryFolder folder;
  densenf_test::put(folder / "file", "text");
  std::filesystem::create_directory(folder / "loop");
  std::filesystem::create_symlink("self", folder / "loop" / "self");
  const auto refused = [](const std::filesystem::path& path, bool resume) {
    RunOptions o = tiny_options(path);
    o.resume = resume;
    TinyRun r;
    const std::string said = message_of<Error>([&] { r.run(o); });
    CHECK_MESSAGE(contains(said, path.string()), said);
    CHECK(count_of(said, "\n") == 0);
  };
  for (const bool resume : {false, true}) {
    refused(folder / "file", resume);                   // a file where a folder is expected
    refused(folder / "file" / "run", resume);           // and on the way to it
    refused(folder / "loop" / "self" / "run", resume);  // a link to itself
    refused(folder / std::string(300, 'x'), resume);    // a name that is too long
    refused("/proc/densenf_run", resume);               // where nobody can make a folder
  }
  if (::geteuid() != 0) {  // root may write anywhere
    std::filesystem::create_directory(folder / "read_only");
    std::filesystem::permissions(folder / "read_only", std::filesystem::perms::owner_read);
    refused(folder / "read_only", false);
    refused(folder / "read_only", true);
  }
}

TEST_CASE("one run has a folder at a time") {
  const TemporaryFolder folder;
  const auto out = folder / "run";
  TinyRun first, second;
  {
    const TrainingRun<Tiny> holder(first.trainer, first.batches, first.images, tiny_options(out));
    CHECK_THROWS_WITH_AS(second.run(tiny_options(out)), doctest::Contains("Another run is at work in"),
                         FileError);
  }
  CHECK(second.run(tiny_options(out)).finished);
}

TEST_CASE("a run may replace an earlier one") {
  const TemporaryFolder folder;
  RunOptions o = tiny_options(folder / "run");
  TinyRun().run(o);
  CHECK_THROWS_AS(TinyRun().run(o), ArgumentError);
  o.replace = true;
  o.steps = 2;
  TinyRun().run(o);
  CHECK(checkpoint_step(folder / "run" / "checkpoint.safetensors") == 2);
  CHECK_FALSE(std::filesystem::exists(folder / "run" / "checkpoint_previous.safetensors"));
  CHECK(read_curve(folder / "run" / "curve.csv").size() == 1);
}

TEST_CASE("signals and closed pipes end a run after it has saved, and it can be resumed") {
  for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGPIPE}) {
    CAPTURE(signal);
    const TemporaryFolder folder;
    RunOptions o = tiny_options(folder / "run");
    o.stop = [&](Index step) {
      if (step == 3) std::raise(signal);
      return false;
    };
    const RunResult result = TinyRun().run(o);
    // The flag is looked at before stop is asked, so that the run ends with the evaluation after step 4 at
    // the latest.
    CHECK_FALSE(result.finished);
    CHECK(result.signal == signal);
    CHECK(checkpoint_step(folder / "run" / "checkpoint.safetensors") >= 3);
    o.stop = {};
    o.resume = true;
    CHECK(TinyRun().run(o).finished);
  }
}

TEST_CASE("output that nobody reads any more ends a run as Ctrl-C does, even where SIGPIPE is ignored") {
  for (std::FILE* stream : {stdout, stderr}) {
    const TemporaryFolder folder;
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    ::close(ends[0]);
    std::signal(SIGPIPE, SIG_IGN);
    std::fflush(stream);
    const int before = ::dup(fileno(stream));
    ::dup2(ends[1], fileno(stream));
    ::close(ends[1]);
    RunResult result;
    std::string said;
    try {
      result = TinyRun().run(tiny_options(folder / "run", 6));
    } catch (const std::exception& e) {
      said = e.what();
    }
    ::dup2(before, fileno(stream));
    ::close(before);
    std::fflush(stream);
    std::clearerr(stream);
    std::signal(SIGPIPE, SIG_DFL);
    CHECK(said == "");
    CHECK_FALSE(result.finished);
    CHECK(result.signal == SIGPIPE);
    RunOptions o = tiny_options(folder / "run", 6);
    o.resume = true;
    CHECK(TinyRun().run(o).finished);
  }
}

TEST_CASE("the last evaluation can be interrupted and repeated; the weights are there before it") {
  const TemporaryFolder folder;
  const auto out = folder / "run";
  RunOptions o = tiny_options(out);
  const RunResult whole = TinyRun().run(tiny_options(folder / "whole"));
  int asked = 0;
  o.stop = [&](Index step) {
    // Between the pieces of the last evaluation: three of the curve's point and three of the bound come
    // before.
    if (step == 4 && ++asked == 7) {
      CHECK(std::filesystem::exists(out / "weights.safetensors"));
      std::raise(SIGINT);
    }
    return false;
  };
  const RunResult stopped = TinyRun().run(o);
  CHECK(asked == 7);
  CHECK_FALSE(stopped.finished);
  CHECK(stopped.signal == SIGINT);
  o.stop = {};
  o.resume = true;
  const RunResult result = TinyRun().run(o);
  CHECK(result.finished);
  CHECK(result.elbo == whole.elbo);
  CHECK(result.iwbo == whole.iwbo);
  CHECK(read_curve(out / "curve.csv").size() == 2);
}

TEST_CASE("an evaluation in pieces tells how far it is, and has the numbers of the whole") {
  const TemporaryFolder folder;
  TinyRun r;
  RunOptions o = tiny_options(folder / "run");
  o.evaluation_batch = 5;
  Captured progress(stderr);
  const RunResult result = r.run(o);
  const std::string told = progress.text();
  CHECK(contains(told, "ELBO, part 3/3"));
  CHECK(contains(told, "IWBO, part 6/6"));
  CHECK(result.elbo == r.flow.bits_per_dim(r.images));
  CHECK(result.iwbo == r.flow.bits_per_dim_of(r.flow.iwbo(r.images, 2)));
}

TEST_CASE("a run that is interrupted while a point of the curve is made makes it when it is resumed") {
  const TemporaryFolder folder;
  RunOptions o = tiny_options(folder / "parts");
  TinyRun().run(tiny_options(folder / "whole"));
  int asked = 0;
  o.stop = [&](Index step) { return step == 2 && ++asked == 2; };
  CHECK_FALSE(TinyRun().run(o).finished);
  CHECK(read_curve(folder / "parts" / "curve.csv").empty());
  CHECK(checkpoint_step(folder / "parts" / "checkpoint.safetensors") == 2);
  o.stop = {};
  o.resume = true;
  CHECK(TinyRun().run(o).finished);
  const auto a = read_curve(folder / "whole" / "curve.csv"), b = read_curve(folder / "parts" / "curve.csv");
  REQUIRE(a.size() == 2);
  REQUIRE(b.size() == 2);
  for (std::size_t i = 0; i < 2; ++i) {
    CHECK(a[i][0] == b[i][0]);
    CHECK(a[i][2] == b[i][2]);
    CHECK(a[i][3] == b[i][3]);
  }
}

namespace {
using Classes = nn::ClassEmbedding<3, 2>;
using Conditional = Flow<Compose<Dequantize<4, UniformNoise>, Center, Squeeze,
                                 Unit<1, Compose<ActNorm, AffineCoupling<nn::Mlp<4, 2>, 2>>>>,
                         float, Cpu, ChannelNormal, Classes>;

/// Images of class 0 are dark, those of class 2 are bright.
Images classes(Index count = 24) {
  Images all{tiny_shape, count, 16, {}};
  for (Index i = 0; i < count; ++i) {
    const bool bright = i % 2 == 1;
    all.labels.push_back(bright ? 2 : 0);
    for (Index j = 0; j < 16; ++j)
      all.values.push_back(static_cast<std::uint8_t>((bright ? 10 : 1) + (3 * i + 5 * j) % 5));
  }
  return all;
}
}  // namespace

TEST_CASE("a run trains a conditional flow on labels, and leaves weights that a registry opens by name") {
  const TemporaryFolder folder;
  const Images images = classes();
  Conditional flow(tiny_shape, Cpu(1)), plain(tiny_shape, Cpu(1));
  const TrainOptions train{.schedule = {.lr = 1e-2}, .seed = 1};
  Trainer<Conditional> trainer(flow, train), by_hand(plain, train);
  DataLoader batches(images, {.batch_size = 8, .seed = 1});
  RunOptions o = tiny_options(folder / "run", 60);
  o.evaluate_every = 30;
  o.model = "classes";
  const RunResult result = TrainingRun<Conditional>(trainer, batches, images, o).run();

  // Each step had the images of the batch with their labels, and so has the evaluation.
  LabeledBatch batch;
  for (Index step = 0; step < 60; ++step) {
    batches.fill(step, batch);
    by_hand.step({batch.images, batch.labels});
  }
  CHECK(flow.parameters().to_host() == plain.parameters().to_host());
  CHECK(result.elbo == flow.bits_per_dim({images, images.labels}));
  Images exchanged = images;
  for (Label& label : exchanged.labels) label = 2 - label;
  CHECK(result.elbo < flow.bits_per_dim({images, exchanged.labels}));

  ModelRegistry<> models;
  models.add<Conditional>("classes");
  AnyFlow opened = models.load(folder / "run" / "weights.safetensors", Cpu(1));
  CHECK(opened.name() == "classes");
  CHECK(opened.elbo({images, images.labels}) == flow.elbo({images, images.labels}));

  // The picture has dark samples first and bright ones behind them.
  CHECK(app::detail::spread_classes(images.labels, 4) == std::vector<Label>{0, 0, 2, 2});
  CHECK(app::detail::spread_classes({5, 1, 7, 1}, 2) == std::vector<Label>{1, 5});
  CHECK(app::detail::spread_classes({}, 3).empty());
  CHECK(std::filesystem::file_size(folder / "run" / "samples.png") > 0);

  // A run goes on with the same labels only.
  o.resume = true;
  o.steps = 61;
  DataLoader others(exchanged, {.batch_size = 8, .seed = 1});
  CHECK_THROWS_WITH_AS(TrainingRun<Conditional>(trainer, others, images, o),
                       doctest::Contains("was written with labels"), FileError);
}

TEST_CASE("a run of a conditional flow is refused without a label for each image that the flow takes") {
  const TemporaryFolder folder;
  const Images images = classes();
  const auto refuses = [&](const Images& training, const Images& held_out, const char* text) {
    Conditional flow(tiny_shape, Cpu(1));
    Trainer<Conditional> trainer(flow, {});
    DataLoader batches(training, {.batch_size = 4});
    const std::string said = message_of<Error>(
        [&] { TrainingRun<Conditional>(trainer, batches, held_out, tiny_options(folder / "run")); });
    CHECK_MESSAGE(contains(said, text), said);
    CHECK_FALSE(std::filesystem::exists(folder / "run"));
  };
  Images none = images, short_of_one = images, wrong = images;
  none.labels.clear();
  short_of_one.labels.pop_back();
  wrong.labels[5] = 3;
  refuses(none, images, "but the training images have no labels");
  refuses(images, none, "but the held-out images have no labels");
  refuses(images, short_of_one, "needs a label for each of them");
  refuses(images, wrong, "has the label 3: labels are 0 to 2");
}

namespace {

/// Ends a run as kill -9 does: nothing is written any more.
struct Killed {};

std::vector<std::vector<double>> without_times(const std::filesystem::path& file,
                                               std::initializer_list<std::size_t> times) {
  auto rows = read_curve(file);
  for (auto& row : rows) {
    for (const std::size_t column : times) row[column] = 0;
  }
  return rows;
}

/// All that a run leaves, but times and what tells of them.
std::vector<std::string> left_by(const std::filesystem::path& out) {
  std::vector<std::string> all;
  for (const char* name : {"weights.safetensors", "weights_best.safetensors", "samples.png"})
    all.push_back(densenf_test::get(out / name));
  for (const auto& rows : {without_times(out / "curve.csv", {1}), without_times(out / "log.csv", {2, 6})}) {
    for (const auto& row : rows) all.push_back(joined(row, ","));
  }
  std::set<std::string> pictures;
  for (const auto& entry : std::filesystem::directory_iterator(out / "samples"))
    pictures.insert(entry.path().filename().string() + densenf_test::get(entry.path()));
  all.insert(all.end(), pictures.begin(), pictures.end());
  return all;
}

// Its state follows from its parameters, and evaluations bring it there: nothing else is as easily lost.
using ResidualTiny = Flow<
    Compose<
        Dequantize<4, UniformNoise>, Center, ActNorm,
        Residual<nn::BoundedNetwork<nn::LipSwish, 4, 1, nn::NormBound{.percent = 5, .iterations = 1}, true>,
                 FixedTerms<2, 2>>>,
    float>;

}  // namespace

TEST_CASE("a run that is killed at any moment and resumed leaves what one leaves that was not") {
  std::optional<WeightAverage> average;
  SUBCASE("without an average of weights") {}
  SUBCASE("with one") { average = WeightAverage{0.5}; }
  const TemporaryFolder folder;
  const Images images = tiny_images();
  RunOptions o = tiny_options(folder / "whole", 6);
  o.log_every = 3;
  int asked = 0, kill_at = 0;
  o.stop = [&](Index) {
    if (++asked == kill_at) throw Killed();
    return false;
  };
  const auto run = [&] {
    ResidualTiny flow(tiny_shape, Cpu(1));
    Trainer<ResidualTiny> trainer(flow, {.schedule = {.lr = 1e-2}, .average = average});
    DataLoader batches(images, {.batch_size = 4});
    return TrainingRun<ResidualTiny>(trainer, batches, images, o).run();
  };
  CHECK(run().finished);
  const auto whole = left_by(folder / "whole");
  const int moments = asked;
  CHECK(moments > 20);  // after steps, and between pieces of evaluations
  for (int first = 1; first <= moments; ++first) {
    CAPTURE(first);
    o.folder = folder / std::to_string(first);
    o.resume = false;
    asked = 0;
    kill_at = first;
    CHECK_THROWS_AS(run(), Killed);
    CHECK(SafetensorsFile(o.folder / "checkpoint.safetensors").verify());
    o.resume = true;
    kill_at = asked + 3;  // and soon once more
    try {
      run();
    } catch (const Killed&) {
    }
    CHECK(SafetensorsFile(o.folder / "checkpoint.safetensors").verify());
    kill_at = 0;
    CHECK(run().finished);
    CHECK(left_by(o.folder) == whole);
  }
}

TEST_CASE("the best weights are those of the lowest held-out bound, also where the run got worse") {
  const TemporaryFolder folder;
  const auto out = folder / "run";
  const auto best = out / "weights_best.safetensors";
  // The second step throws the weights away, as in the run that diverges.
  RunOptions o = tiny_options(out, 2);
  o.evaluate_every = 1;
  o.model = "tiny";
  {
    const Captured quiet(stderr);
    const TrainOptions wild{.optimizer = Sgd{.momentum = 0}, .schedule = {.lr = 1e30, .warmup_steps = 1}};
    CHECK(TinyRun(wild).run(o).finished);
  }
  const auto curve = read_curve(out / "curve.csv");
  REQUIRE(curve.size() == 2);
  CHECK_FALSE(curve[1][3] <= curve[0][3]);
  const Metadata metadata = read_metadata(best);
  CHECK(metadata.at("step") == "1");
  CHECK(metadata.at("held_out_bits_per_dim") == fmt::format("{}", curve[0][3]));
  CHECK(metadata.at(model_key) == "tiny");
  Tiny flow(tiny_shape, Cpu(1), 5);
  load_weights(flow, best);
  CHECK(flow.bits_per_dim(tiny_images()) == curve[0][3]);

  // A run that goes on knows what it has to be better than.
  const std::string before = densenf_test::get(best);
  o.resume = o.resume_previous = true;
  {
    const Captured quiet(stderr);
    TinyRun({.optimizer = Sgd{.momentum = 0}, .schedule = {.lr = 1e30, .warmup_steps = 1}}).run(o);
  }
  CHECK(densenf_test::get(best) == before);
  densenf_test::put(best, "damaged");
  Captured told(stderr);
  TinyRun({.optimizer = Sgd{.momentum = 0}, .schedule = {.lr = 1e-3, .warmup_steps = 1}}).run(o);
  CHECK(contains(told.text(), "The best weights so far could not be read"));
  CHECK(read_metadata(best).at("step") == "2");
}

TEST_CASE("as many good checkpoints are kept as asked for, under the numbers of their steps") {
  const TemporaryFolder folder;
  const auto out = folder / "run";
  const auto kept = [&] { return NumberedFiles(out, "checkpoint_", ".safetensors").numbers(); };
  RunOptions o = tiny_options(out, 12);
  o.keep_checkpoints = 4;
  TinyRun().run(o);
  CHECK(kept() == std::vector<Index>{6, 8, 10});
  CHECK(checkpoint_step(out / "checkpoint.safetensors") == 12);
  CHECK(checkpoint_step(out / "checkpoint_previous.safetensors") == 10);
  CHECK(checkpoint_step(out / "checkpoint_000006.safetensors") == 6);

  // From an older one it goes on the same way; what was behind it is given up for what comes now.
  const std::string weights = densenf_test::get(out / "weights.safetensors");
  std::filesystem::copy_file(out / "checkpoint_000006.safetensors", out / "checkpoint.safetensors",
                             std::filesystem::copy_options::overwrite_existing);
  o.resume = true;
  o.steps = 8;
  TinyRun().run(o);
  CHECK(kept() == std::vector<Index>{6});
  o.steps = 12;
  TinyRun().run(o);
  CHECK(kept() == std::vector<Index>{6, 8, 10});
  CHECK(densenf_test::get(out / "weights.safetensors") == weights);

  o.resume = false;
  o.replace = true;
  o.steps = 2;
  TinyRun().run(o);
  CHECK(kept().empty());
}

TEST_CASE("the page says how far a run is, and shows names as they are") {
  const TemporaryFolder folder;
  RunOptions o = tiny_options(folder / "run");
  o.model = "<b>tiny</b>";
  o.program = {{"--data", "a & b"}};
  std::string running;
  o.stop = [&](Index step) {
    if (step == 3) running = densenf_test::get(folder / "run" / "report.html");
    return step == 3;
  };
  TinyRun().run(o);
  const std::string stopped = densenf_test::get(folder / "run" / "report.html");
  CHECK(contains(running, ">running<"));
  CHECK(contains(running, ">2 of 4<"));
  CHECK(contains(running, "time left"));
  CHECK(contains(stopped, ">interrupted<"));
  CHECK(contains(stopped, ">3 of 4<"));
  CHECK_FALSE(contains(stopped, "time left"));
  o.stop = {};
  o.resume = true;
  TinyRun().run(o);
  const std::string html = densenf_test::get(folder / "run" / "report.html");
  for (const char* text :
       {">finished<", ">4 of 4<", "IWBO, bits/dim, k = 2, 12 images", "&lt;b&gt;tiny&lt;/b&gt;", "a &amp; b",
        "step 2", "step 4", "CRC-32", library_version, "1 threads"})
    CHECK_MESSAGE(contains(html, text), text);
  CHECK_FALSE(contains(html, "<b>"));
  CHECK(count_of(html, "data:image/png;base64,") == 3);  // the newest samples, and two over time
  CHECK(count_of(html, "<svg viewBox") == 5);
}

TEST_CASE("each start of a run has a file for TensorBoard, where they are asked for") {
  const TemporaryFolder folder;
  const auto out = folder / "run";
  const auto files = [&] {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(out / "tensorboard"))
      found.push_back(densenf_test::get(entry.path()));
    return found;
  };
  RunOptions o = tiny_options(out);
  o.log_every = 1;
  o.tensorboard = true;
  o.stop = [](Index step) { return step == 3; };
  TinyRun().run(o);
  REQUIRE(files().size() == 1);
  const std::string first = files()[0];
  for (const char* tag : {"bits_per_dim/training", "training/learning_rate", "training/images_per_second"})
    CHECK(count_of(first, tag) == 3);
  CHECK(count_of(first, "bits_per_dim/held_out") == 1);
  CHECK(count_of(first, densenf_test::get(out / "samples.png")) == 1);
  o.stop = {};
  o.resume = true;
  TinyRun().run(o);
  CHECK(files().size() == 2);
  o.tensorboard = o.resume = false;
  o.folder = folder / "without";
  TinyRun().run(o);
  CHECK_FALSE(std::filesystem::exists(folder / "without" / "tensorboard"));
}

TEST_CASE("a disk that fills up ends a run with a sentence, and it goes on in another folder") {
  const TemporaryFolder folder;
  const auto out = folder / "run", other = folder / "other";
  TinyRun whole;
  whole.run(tiny_options(folder / "whole", 6));
  struct rlimit before {};
  REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
  RunOptions o = tiny_options(out, 6);
  o.stop = [&](Index step) {
    struct rlimit full = before;
    full.rlim_cur = 256;  // of no file there may be more, as on a disk without room
    if (step == 3) REQUIRE(::setrlimit(RLIMIT_FSIZE, &full) == 0);
    return false;
  };
  std::signal(SIGXFSZ, SIG_IGN);
  std::string said;
  {
    const Captured quiet(stderr);
    said = message_of<FileError>([&] { TinyRun().run(o); });
  }
  REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, SIG_DFL);
  CHECK_MESSAGE(contains(said, "checkpoint.safetensors"), said);
  CHECK(count_of(said, "\n") == 0);
  CHECK(checkpoint_step(out / "checkpoint.safetensors") == 2);
  CHECK(SafetensorsFile(out / "checkpoint.safetensors").verify());

  std::filesystem::create_directory(other);
  std::filesystem::copy_file(out / "checkpoint.safetensors", other / "checkpoint.safetensors");
  for (const auto& place : {other, out}) {  // or where it was, when there is room again
    RunOptions again = tiny_options(place, 6);
    again.resume = true;
    TinyRun resumed;
    CHECK(resumed.run(again).finished);
    CHECK(resumed.flow.parameters().to_host() == whole.flow.parameters().to_host());
  }
}

TEST_CASE("a disk that takes no checkpoint is found out before the first step") {
  const TemporaryFolder folder;
  TinyRun r;
  const std::string said = [&] {
    // A file may not grow beyond so many bytes; the system then sends a signal and fails the call.
    struct rlimit before {};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    struct rlimit small = before;
    small.rlim_cur = 256;
    std::signal(SIGXFSZ, SIG_IGN);
    TrainingRun<Tiny> run(r.trainer, r.batches, r.images, tiny_options(folder / "run"));
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    std::string text = message_of<FileError>([&] { run.run(); });
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &before) == 0);
    std::signal(SIGXFSZ, SIG_DFL);
    return text;
  }();
  CHECK_MESSAGE(contains(said, "checkpoint.safetensors"), said);
  CHECK(r.trainer.steps() == 0);
}
