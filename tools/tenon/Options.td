//===- Options.td - the command line of tenon ------------------------------===//

include "llvm/Option/OptParser.td"

// Which commands take an option.
def CompileOption : OptionVisibility;
def RunOption : OptionVisibility;
def TestOption : OptionVisibility;
def InspectOption : OptionVisibility;

defvar All = [CompileOption, RunOption, TestOption, InspectOption];
// The commands that compile models.
defvar Compilers = [CompileOption, RunOption, TestOption];

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
def output : Separate<["-"], "o">, MetaVarName<"OUT">, Visibility<[CompileOption]>,
             HelpText<"Write OUT: .so, .a, .o, no suffix (executable), .ll, .s, .mlir or .mlirbc">;
def output_joined : Joined<["-"], "o">, Alias<output>, Visibility<[CompileOption]>;
defm emit : Value<"emit", "KIND", "Make KIND whatever OUT's suffix: so, a, o, exe, ll, s, mlir, mlirbc", [CompileOption]>;
defm name : Value<"name", "NAME", "Begin the C functions' names with NAME (default: OUT without lib and suffix)", [CompileOption]>;
defm target : Value<"target", "TRIPLE", "Compile for this machine (default: the host)", [CompileOption]>;
defm cpu : Value<"cpu", "NAME", "Compile for this CPU, as LLVM names it (default: the host's)", Compilers>;
defm weights : Value<"weights", "WHERE", "Put weights in a 'section' of the artefact or a 'file' beside it (default: a file over 1 GB)", [CompileOption]>;
defm dim : Value<"dim", "NAME=N", "Fix a symbolic dimension", [CompileOption, RunOption, InspectOption]>;
defm precision : Value<"precision", "TYPE", "Let contractions multiply in f32 (default), tf32, bf16 or f16", Compilers>;

// The pipeline.
defm disable_pass : Value<"disable-pass", "NAME", "Leave a pass out", Compilers>;
defm print_after : Value<"print-after", "NAME", "Print the IR after a pass to stderr", Compilers>;
def time_passes : Switch<"time-passes", "Print the time of each pass to stderr", Compilers>;

// Running.
defm inputs : Value<"inputs", "DIR|FILE...", "Read the inputs: .pb, .npy, .npz, or a folder with input_0.pb ...", [RunOption]>;
defm random : Value<"random", "SEED", "Draw the inputs; dynamic dimensions are 1 unless --dim says otherwise", [RunOption]>;
defm outputs : Value<"outputs", "DIR", "Write output_0.pb ... to DIR", [RunOption]>;
defm repeat : Value<"repeat", "N", "Run N times, and print the median and least time", [RunOption]>;
defm device : Value<"device", "DEVICE", "Run on cpu", [RunOption]>;
def profile : Switch<"profile", "Print time, GFLOP/s and GB/s for each kernel", [RunOption]>;

// Testing.
defm jobs : Value<"jobs", "N", "Test N models at a time (default: one a core)", [TestOption]>;
defm rtol : Value<"rtol", "X", "Allow this relative difference (default: 1e-3)", [TestOption]>;
defm atol : Value<"atol", "X", "Allow this absolute difference (default: 1e-5)", [TestOption]>;
defm timeout : Value<"timeout", "S", "Give up on a model after S seconds (default: 300)", [TestOption]>;
// How `tenon test` calls itself for one model.
def worker : Joined<["--"], "worker=">, Flags<[HelpHidden]>, Visibility<[TestOption]>;

def threads : Joined<["--"], "threads=">, MetaVarName<"N">, Visibility<Compilers>,
              HelpText<"Use up to N threads (default: all cores)">,
              HelpTextForVariants<[CompileOption], "'on' (default) or 'off': let the artefact use threads">;
def threads_separate : Separate<["--"], "threads">, Alias<threads>, Visibility<Compilers>;

defm json : Value<"json", "FILE", "Write the results as JSON", [RunOption, TestOption, InspectOption]>;
