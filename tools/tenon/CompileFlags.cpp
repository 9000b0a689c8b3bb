//===- CompileFlags.cpp - the options that compile, run and test share ----===//

#include "CompileFlags.h"

#include "tenon-rt/runner.h"
#include "tenon/Autodiff/Optimizers.h"
#include "tenon/Dialect/Tenon/IR/Losses.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/ADT/StringSwitch.h"

using namespace llvm;
using namespace tenon;

/// The values of `id`, each the name of a pass that `isAllowed`.
static std::vector<std::string>
readPassNames(CommandLine &line, OptionID id,
              function_ref<bool(const PassDescription &)> isAllowed) {
  std::vector<std::string> names = line.getAll(id), known, allowed;
  for (const PassDescription &pass : getPassDescriptions()) {
    known.push_back(pass.name);
    if (isAllowed(pass))
      allowed.push_back(pass.name);
  }
  for (const std::string &name : names)
    if (!llvm::is_contained(known, name))
      line.fail("unknown pass '" + name + "': expected one of " +
                llvm::join(known, ", "));
    else if (!llvm::is_contained(allowed, name))
      line.fail("expected one of " + llvm::join(allowed, ", ") + ", got '" +
                name + "', for which there is no choice");
  return names;
}

void tenon::printTrainingNames(raw_ostream &os) {
  os << "\nlosses, with their numbers; [/...]: or one for each class:\n";
  printLosses(os);
  os << "optimizers, with their numbers, which PyTorch calls the same:\n";
  printOptimizers(os);
}

CompileOptions tenon::readCompileFlags(CommandLine &line) {
  CompileOptions options;
  options.functions = line.getAll(OPT_function);
  options.cpu = line.get(OPT_cpu);
  SmallVector<StringRef> gpus;
  std::string gpu = line.get(OPT_gpu);
  StringRef(gpu).split(gpus, ',', /*MaxSplit=*/-1, /*KeepEmpty=*/false);
  options.gpus.assign(gpus.begin(), gpus.end());
  auto precision =
      StringSwitch<std::optional<Precision>>(line.get(OPT_precision, "f32"))
          .Case("f32", Precision::F32)
          .Case("tf32", Precision::TF32)
          .Case("bf16", Precision::BF16)
          .Case("f16", Precision::F16)
          .Default(std::nullopt);
  if (!precision)
    line.fail("expected f32, tf32, bf16 or f16 for --precision, got '" +
              line.get(OPT_precision) + "'");
  options.precision = precision.value_or(Precision::F32);
  options.disabledPasses =
      readPassNames(line, OPT_disable_pass, [](const PassDescription &pass) {
        return pass.canBeDisabled;
      });
  options.enabledPasses =
      readPassNames(line, OPT_enable_pass, [](const PassDescription &pass) {
        return pass.canBeEnabled;
      });
  options.printAfter = readPassNames(
      line, OPT_print_after, [](const PassDescription &) { return true; });
  options.timePasses = line.has(OPT_time_passes);
  return options;
}

tenon_options tenon::readRuntimeFlags(CommandLine &line,
                                      CompileOptions &compile) {
  tenon_options options = TENON_OPTIONS_INIT;
  options.threads = line.getInteger(OPT_threads, 0, 1);
  std::string device = line.get(OPT_device, "cpu");
  if (!tenon_runner_parse_device(device.c_str(), &options.device,
                                 &options.device_index))
    line.fail("expected cpu, cuda or cuda:K for --device, got '" + device +
              "'");
  if (options.device == TENON_DEVICE_CUDA && compile.gpus.empty())
    compile.gpus = {"sm_80"};
  return options;
}

TrainingRequest tenon::readTrainingFlags(CommandLine &line) {
  TrainingRequest request;
  request.loss = line.get(OPT_loss, request.loss);
  request.lossOutput = line.get(OPT_loss_output);
  for (const std::string &target : line.getAll(OPT_target))
    if (StringRef(target).contains('=')) // others are machines
      request.targets.push_back(target);
  request.sampleWeight = line.get(OPT_sample_weight);
  request.targetWeight = line.get(OPT_mask);
  request.batchAxes = line.getAll(OPT_batch_axis);
  request.optimizer = line.get(OPT_optimizer, request.optimizer);
  request.batch = line.getInteger(OPT_batch, request.batch, 1);
  request.clipNorm = line.getReal(OPT_clip_norm, 0);
  request.clipValue = line.getReal(OPT_clip_value, 0);
  request.clipEach = line.getReal(OPT_clip_each, 0);
  request.groups = line.getAll(OPT_group);
  request.accumulate = line.getInteger(OPT_accumulate, 1, 1);
  request.gradients = line.getAll(OPT_gradient);
  request.seed = line.getInteger(OPT_seed, 0, 0);
  if (line.has(OPT_params))
    request.parameters = line.getAll(OPT_params);
  request.frozen = line.getAll(OPT_freeze);
  request.syncsBatchNorm = line.has(OPT_sync_batch_norm);
  request.splitsModel = line.has(OPT_split_model);
  request.places = line.getAll(OPT_place);
  if (!request.places.empty() && !request.splitsModel)
    line.fail("expected --split-model with --place");
  request.microBatches = line.getInteger(OPT_micro_batches, 1, 1);
  return request;
}

ExitStatus tenon::getExitStatus(CompileStatus status) {
  switch (status) {
  case CompileStatus::Success:
    return kDone;
  case CompileStatus::InvalidModel:
  case CompileStatus::Unsupported:
    return kInputAtFault;
  case CompileStatus::MachineFault:
    return kMachineAtFault;
  }
  llvm_unreachable("all statuses are handled");
}
