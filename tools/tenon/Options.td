//===- Options.td - the command line of tenon -----------------------------===//

include "llvm/Option/OptParser.td"

// Which commands take an option.
def CompileOption : OptionVisibility;
def RunOption : OptionVisibility;
def TestOption : OptionVisibility;
def InspectOption : OptionVisibility;
def TrainOption : OptionVisibility;
def PassesOption : OptionVisibility;

defvar All = [CompileOption, RunOption, TestOption, InspectOption, TrainOption, PassesOption];
// The commands that compile models.
defvar Compilers = [CompileOption, RunOption, TestOption, TrainOption];
// The commands that make training programs.
defvar Trainers = [CompileOption, TrainOption];

class Switch<string name, string help, list<OptionVisibility> commands>
    : Flag<["--"], name>, HelpText<help>, Visibility<commands>;

// An option with a value, as `--name=VALUE` and `--name VALUE`.
multiclass Value<string name, string metavar, string help,
                 list<OptionVisibility> commands> {
  def NAME : Joined<["--"], name # "=">, MetaVarName<metavar>, HelpText<help>,
             Visibility<commands>;
  def NAME # _separate : Separate<["--"], name>, Alias<!cast<Option>(NAME)>,
                         Visibility<commands>;
}

def help : Switch<"help", "Print this text", All>;
def help_short : Flag<["-"], "h">, Alias<help>, Visibility<All>;

// What to make, and for which machine.
def output : Separate<["-"], "o">, MetaVarName<"OUT">, Visibility<[CompileOption, TrainOption]>,
             HelpText<"Write OUT: .so, .a, .o, no suffix (executable), .ll, .s, .mlir or .mlirbc">,
             HelpTextForVariants<[TrainOption], "Write the trained model: the original one with other initializers">;
def output_joined : Joined<["-"], "o">, Alias<output>, Visibility<[CompileOption, TrainOption]>;
defm emit : Value<"emit", "KIND", "Make KIND whatever OUT's suffix: so, a, o, exe, ll, s, ptx, mlir, mlirbc", [CompileOption]>;
defm name : Value<"name", "NAME", "Begin the C functions' names with NAME (default: OUT without lib and suffix)", [CompileOption]>;
def target : Joined<["--"], "target=">, MetaVarName<"TRIPLE|OUTPUT=INPUT">, Visibility<Trainers>,
             HelpText<"Compile for this machine (default: the host); OUTPUT=INPUT: call the input of an output's targets so">,
             HelpTextForVariants<[TrainOption], "Call the input of an output's targets so (default: target, and target_OUTPUT of several)">;
def target_separate : Separate<["--"], "target">, Alias<target>, Visibility<Trainers>;
defm cpu : Value<"cpu", "NAME", "Compile for this CPU, as LLVM names it (default: the host's)", Compilers>;
defm weights : Value<"weights", "WHERE", "Put weights in a 'section' of the artefact or a 'file' beside it (default: a file over 1 GB)", [CompileOption]>;
defm dim : Value<"dim", "NAME=N", "Fix a symbolic dimension; NAME=..N: let one of a state grow up to N", [CompileOption, RunOption, TestOption, InspectOption, TrainOption]>;
defm state : Value<"state", "INPUT=OUTPUT|auto", "Keep an input whose next value is that output, with a * each for many; auto: those that names and types pair", [CompileOption, RunOption, TestOption, InspectOption]>;
defm value : Value<"value", "NAME=V", "Fix an input to V: whole numbers (1,2,3) or a file .pb", [CompileOption, RunOption, InspectOption, TrainOption]>;
defm override : Value<"override", "NAME", "Let callers give NAME, an initializer that is an input too (* for any characters)", [CompileOption, RunOption, TestOption, InspectOption]>;
defm gpu : Value<"gpu", "ARCH,...", "Add device code for sm_80, sm_89, sm_90a, sm_100a; emulated: run device kernels on the CPU, for tests", Compilers>;
defm precision : Value<"precision", "TYPE", "Let contractions multiply in f32 (default), tf32, bf16 or f16", Compilers>;

defm function : Value<"function", "NAME", "Take this function of the model: run, test or inspect it, compile no others", [CompileOption, RunOption, TestOption, InspectOption]>;

// The pipeline.
defm disable_pass : Value<"disable-pass", "NAME", "Leave a pass out; `tenon passes` lists them", Compilers>;
defm enable_pass : Value<"enable-pass", "NAME", "Run a pass that runs on request alone", Compilers>;
defm print_after : Value<"print-after", "NAME", "Print the IR after a pass to stderr", Compilers>;
def time_passes : Switch<"time-passes", "Print the time of each pass to stderr", Compilers>;

// Running.
defm inputs : Value<"inputs", "DIR|FILE...", "Read the inputs: .pb, .npy, .npz, or a folder with input_0.pb ...", [RunOption]>;
defm random : Value<"random", "SEED", "Draw the inputs; dynamic dimensions are 1 unless --dim says otherwise", [RunOption]>;
defm outputs : Value<"outputs", "DIR", "Write output_0.pb ... to DIR", [RunOption]>;
defm repeat : Value<"repeat", "N", "Run N times, and print the median and least time", [RunOption]>;
defm device : Value<"device", "DEVICE", "Run on cpu (default), cuda or cuda:K", [RunOption, TestOption, TrainOption]>;
def sequence : Switch<"sequence", "Take folders of inputs as the steps of one stream, which share the state", [RunOption, TestOption]>;
def profile : Switch<"profile", "Print time, GFLOP/s and GB/s for each kernel", [RunOption]>;

// Testing.
defm jobs : Value<"jobs", "N", "Test N models at a time (default: one a core)", [TestOption]>;
defm rtol : Value<"rtol", "X", "Allow this relative difference (default: 1e-3)", [TestOption]>;
defm atol : Value<"atol", "X", "Allow this absolute difference (default: 1e-5)", [TestOption]>;
defm timeout : Value<"timeout", "S", "Cancel a run, or give up on a tested model (default: 300), after S seconds", [RunOption, TestOption]>;
// How `tenon test` calls itself for one model.
def worker : Joined<["--"], "worker=">, Flags<[HelpHidden]>, Visibility<[TestOption]>;

def threads : Joined<["--"], "threads=">, MetaVarName<"N">, Visibility<Compilers>,
              HelpText<"Use up to N threads (default: all cores)">,
              HelpTextForVariants<[CompileOption], "'on' (default) or 'off': let the artefact use threads">;
def threads_separate : Separate<["--"], "threads">, Alias<threads>, Visibility<Compilers>;

defm json : Value<"json", "FILE", "Write the results as JSON", [RunOption, TestOption, InspectOption, TrainOption]>;

// Training.
def train : Switch<"train", "Make a training program: steps over parameters", [CompileOption]>;
defm data : Value<"data", "DIR|FILE", "Train on a folder of IDX files (MNIST's names) or an .npz with x and y", [TrainOption]>;
defm validate : Value<"validate", "DIR|FILE", "Validate on this data after each epoch (default: the t10k files of DIR)", [TrainOption]>;
defm loss : Value<"loss", "LOSS", "Make this small: one of the losses below (default: cross-entropy), OUTPUT:LOSS, or a sum as 'a:mse + 0.4*b:bce'", Trainers>;
defm loss_output : Value<"loss-output", "NAME", "Make this output of the model small, which is one number; targets are inputs like others", Trainers>;
defm sample_weight : Value<"sample-weight", "NAME", "Let an input NAME say how much each sample counts", Trainers>;
defm mask : Value<"mask", "NAME", "Let an input NAME say how much each target counts, of the targets' shape but for classes", Trainers>;
defm batch_axis : Value<"batch-axis", "INPUT=AXIS", "Count samples along this dimension of an input, or along 'none' (default: 0)", Trainers>;
defm optimizer : Value<"optimizer", "NAME[:KEY=VALUE,...]", "Train with one of the optimizers below (default: adam)", Trainers>;
defm batch : Value<"batch", "N", "Samples in a batch (default: 32)", Trainers>;
defm epochs : Value<"epochs", "N", "Go through the data N times (default: 1)", [TrainOption]>;
defm schedule : Value<"schedule", "NAME[:KEY=VALUE,...]", "Change the learning rate: constant (default), cosine, linear, step or exponential; each takes warmup=STEPS", [TrainOption]>;
defm clip_norm : Value<"clip-norm", "X", "Scale gradients down to this joint norm", Trainers>;
defm clip_value : Value<"clip-value", "X", "Cut each element of a gradient off at X and -X", Trainers>;
defm clip_each : Value<"clip-each", "X", "Scale each parameter's gradient down to this norm", Trainers>;
defm group : Value<"group", "PATTERN:KEY=VALUE,...", "Give the parameters that PATTERN names other numbers of the optimizer", Trainers>;
defm accumulate : Value<"accumulate", "N", "Change parameters at every N-th step, by the mean gradient of N batches", Trainers>;
defm gradient : Value<"gradient", "NAME", "Add a function 'gradients' that returns the loss's gradient by an input or a parameter", Trainers>;
defm params : Value<"params", "PATTERN", "Train the parameters that PATTERN names (default: all)", Trainers>;
defm freeze : Value<"freeze", "PATTERN", "Leave the parameters that PATTERN names as they are", Trainers>;
defm seed : Value<"seed", "N", "Shuffle and drop out by this seed (default: 0)", Trainers>;
def sync_batch_norm : Switch<"sync-batch-norm", "With mpirun: normalise by the statistics of the whole batch, not of each process's share", [TrainOption]>;
def split_model : Switch<"split-model", "With mpirun: each process computes a part of the model, not of the batch", [TrainOption]>;
defm place : Value<"place", "PATTERN", "With --split-model: the next process computes the nodes that PATTERN names (default: parts of equal cost)", [TrainOption]>;
defm micro_batches : Value<"micro-batches", "N", "Compute each batch in N parts, so that processes work on several at once (default: 1)", [TrainOption]>;
def no_shuffle : Switch<"no-shuffle", "Keep the order of the data", [TrainOption]>;
defm checkpoint : Value<"checkpoint", "DIR", "Keep the state of the training in DIR", [TrainOption]>;
def resume : Switch<"resume", "Go on from the checkpoint", [TrainOption]>;
