// Works with trained models: what a file holds, how likely images are, samples, reconstructions, ways between
// images.

#include "convert.hpp"
#include "evaluate.hpp"
#include "info.hpp"
#include "interpolate.hpp"
#include "reconstruct.hpp"
#include "sample.hpp"

int main(int argc, char** argv) {
  using namespace example;
  CLI::App app("Works with trained models. A file of weights says which model it is of; this program has: " +
               densenf::joined(Models::all().names(), ", ") + ".");
  app.require_subcommand(1);
  struct Command {
    CLI::App* app;
    Run run;
  };
  std::vector<Command> commands;
  const auto add = [&](const char* name, const char* about, Run (*add_command)(CLI::App&)) {
    CLI::App* const command = app.add_subcommand(name, about);
    commands.push_back({command, add_command(*command)});
  };
  add("info", "What a file says of itself, and the pieces of its model", add_info);
  add("evaluate", "How likely images are, in bits per dimension", add_evaluate);
  add("sample", "Draws images", add_sample);
  add("reconstruct", "Encodes and decodes images, and tells how far off they come back", add_reconstruct);
  add("interpolate", "Goes from image to image through the latent space", add_interpolate);
  add("convert", "Writes a file of weights in another floating-point type", add_convert);
  return run_program(app, argc, argv, [&] {
    for (const Command& command : commands) {
      if (command.app->parsed()) return command.run();
    }
    return 1;
  });
}
