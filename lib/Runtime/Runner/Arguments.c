//===- Arguments.c - the command line of compiled executables -------------===//
#include "Runner.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MaxArguments = 4096, MaxDims = 64 };

typedef struct CommandLine {
  tenon_runner_options options;
  const char *inputs[MaxArguments];
  tenon_runner_dim dims[MaxDims];
  int help;
  char problem[256]; ///< why it cannot be understood, or ""
} CommandLine;

static void printHelp(const tenon_model *model, const char *program) {
  printf("usage: %s [--inputs FILE...|DIR | --random SEED] [OPTION...]\n\n"
         "Runs the model '%s', compiled by %s for %s.\n\n",
         program, model->name, model->producer, model->target);
  tenon_runner_describe(model);
  printf(
      "\noptions:\n"
      "  --inputs FILE...   read the inputs from .pb, .npy or .npz files\n"
      "  --inputs DIR       read them from DIR/input_0.pb, DIR/input_1.pb ...\n"
      "  --random SEED      make them up instead\n"
      "  --dim NAME=N       size of a dimension of random inputs (default 1)\n"
      "  --outputs DIR      write the outputs to DIR/output_0.pb ...\n"
      "  --repeat N         time N runs\n"
      "  --function NAME    call this function (default: the first)\n"
      "  --sequence         inputs are folders, the steps of one stream\n"
      "  --timeout S        cancel a run after S seconds\n"
      "  --device DEVICE    run on cpu (default), cuda or cuda:K\n"
      "  --threads N        use at most N threads (default: all cores)\n"
      "  --profile          print the time of every kernel\n"
      "  --json FILE        write times and sizes to FILE\n"
      "  --help             print this\n\n"
      "exit status: 0 done, 1 an input is at fault, 2 wrong usage, 3 the "
      "machine is, 70 a bug of Tenon\n");
}

static int parseNumber(const char *text, long long min, long long *value) {
  char *rest;
  errno = 0;
  *value = strtoll(text, &rest, 10);
  return *text && !*rest && !errno && *value >= min;
}

static int parseDim(CommandLine *line, char *text) {
  long long size;
  char *equals = strchr(text, '=');
  if (!equals || line->options.num_dims == MaxDims ||
      !parseNumber(equals + 1, 0, &size))
    return 0;
  *equals = 0;
  line->dims[line->options.num_dims++] = (tenon_runner_dim){text, size};
  return 1;
}

// Takes an option's argument. Returns 0 if it is not one that the option can
// take.
static int parseArgument(CommandLine *line, const char *option, char *text) {
  tenon_runner_options *options = &line->options;
  long long number = 0;
  if (!strcmp(option, "--dim"))
    return parseDim(line, text);
  if (!strcmp(option, "--outputs")) {
    options->outputs = text;
  } else if (!strcmp(option, "--function")) {
    options->function = text;
  } else if (!strcmp(option, "--timeout")) {
    char *rest;
    options->timeout = strtod(text, &rest);
    return *text && !*rest && options->timeout > 0;
  } else if (!strcmp(option, "--json")) {
    options->json = text;
  } else if (!strcmp(option, "--random")) {
    options->random = 1;
    if (!parseNumber(text, 0, &number))
      return 0;
    options->seed = number;
  } else if (!strcmp(option, "--repeat")) {
    if (!parseNumber(text, 1, &number))
      return 0;
    options->repeat = number;
  } else if (!strcmp(option, "--device")) {
    return tenon_runner_parse_device(text, &options->device,
                                     &options->device_index);
  } else if (!strcmp(option, "--threads")) {
    if (!parseNumber(text, 1, &number) || number > INT32_MAX)
      return 0;
    options->threads = (int32_t)number;
  }
  return 1;
}

static int takesArgument(const char *option) {
  static const char *const options[] = {"--dim",     "--device",   "--outputs",
                                        "--json",    "--random",   "--repeat",
                                        "--threads", "--function", "--timeout"};
  for (size_t i = 0; i < sizeof(options) / sizeof(*options); ++i)
    if (!strcmp(option, options[i]))
      return 1;
  return 0;
}

static int takeInputs(CommandLine *line, int at, int argc, char **argv) {
  while (at + 1 < argc && strncmp(argv[at + 1], "--", 2) &&
         line->options.num_inputs < MaxArguments)
    line->inputs[line->options.num_inputs++] = argv[++at];
  return at;
}

static void parse(CommandLine *line, int argc, char **argv) {
  for (int i = 1; i < argc && !line->problem[0]; ++i) {
    const char *option = argv[i];
    if (!strcmp(option, "--help") || !strcmp(option, "-h"))
      line->help = 1;
    else if (!strcmp(option, "--profile"))
      line->options.profile = 1;
    else if (!strcmp(option, "--sequence"))
      line->options.sequence = 1;
    else if (!strcmp(option, "--inputs"))
      i = takeInputs(line, i, argc, argv);
    else if (!takesArgument(option))
      snprintf(line->problem, sizeof(line->problem), "unknown option '%s'",
               option);
    else if (i + 1 == argc)
      snprintf(line->problem, sizeof(line->problem),
               "option '%s' expects an argument", option);
    else if (!parseArgument(line, option, argv[++i]))
      snprintf(line->problem, sizeof(line->problem),
               "option '%s' got '%s', which it cannot take", option, argv[i]);
  }
  if (line->options.num_inputs && line->options.random)
    snprintf(line->problem, sizeof(line->problem),
             "expected '--inputs' or '--random', got both");
}

int tenon_runner_main(const tenon_model *model, int argc, char **argv) {
  static CommandLine line;
  const char *program = argc > 0 ? argv[0] : model->name;
  tenon_error error;
  line.options.inputs = line.inputs;
  line.options.dims = line.dims;
  parse(&line, argc, argv);
  if (line.problem[0]) {
    fprintf(stderr, "%s: error: %s; see '%s --help'\n", program, line.problem,
            program);
    return TENON_EXIT_USAGE;
  }
  if (line.help) {
    printHelp(model, program);
    return TENON_EXIT_DONE;
  }
  if (tenon_runner_run(model, &line.options, &error) == TENON_OK)
    return TENON_EXIT_DONE;
  fprintf(stderr, "%s: error: %s\n", program, error.message);
  return tenon_runner_exit_status(error.status);
}
