import Artifacts
import Glibc
import JSON
import Stores
import System

/// One step of a lab's own stage: a clean folder, the command in it, the files that it wrote.
///
/// The folder holds `step.json`, `code/`, `inputs/`, `outputs/` and an empty `home/`; it is the working directory.
struct CommandStep {
  let command: StageCommand
  let identity: StepIdentity
  let context: StageContext
  let folder: String
  private let forms: [InputForm: InputForm.Writer]

  /// The folders of a step in a worker's scratch folder.
  static let folders = ["step", "step/code", "step/inputs", "step/outputs", "step/home"]

  init(
    command: StageCommand, identity: StepIdentity, context: StageContext, scratch: String,
    forms: [InputForm: InputForm.Writer]
  ) throws {
    self.forms = forms
    self.command = command
    self.identity = identity
    self.context = context
    // The command starts in another folder than the worker: its paths are absolute.
    guard let path = realpath(scratch, nil) else { throw SystemError("find \(scratch)", errno) }
    defer { free(path) }
    folder = String(cString: path) + "/step"
  }

  func run(in place: inout Workplace) throws -> RunnableStage.Traces {
    // The step before may have left them, empty.
    for name in Self.folders { try makeFolder(folder + name.dropFirst(4), ifMissing: true) }
    try placeCode()
    let inputs = try placeInputs()
    for port in command.outputs where port.layout == .tree { try makeFolder(outputs + port.name) }
    try write(Array((document(inputs).text() + "\n").utf8), to: folder + "/step.json", mode: 0o644)
    // If the guard is killed, the processes that it watched over come to this process.
    Linux.adoptOrphans()
    let kills = Memory.kills()
    var log = CommandLog(report: context.report)
    let request = CommandRequest(
      arguments: try command.arguments.map(filled), environment: environment, folder: folder)
    let ending = try place.run(request, isInterrupted: context.isInterrupted) { log.take($0, $1) }
    if case .interrupted = ending.cause { throw Interrupted() }
    if let failure = log.failure { throw failure }
    if case .ended(.killed(SIGKILL)) = ending.cause {
      let isOutOfMemory = Memory.kills() > kills
      throw CommandKilled(
        message: words(ending.cause) + (isOutOfMemory ? ", out of memory" : "") + log.lastWords,
        memory: isOutOfMemory ? ending.peakMemory : nil)
    }
    guard case .ended(.exited(0)) = ending.cause else { throw CommandError(words(ending.cause) + log.lastWords) }
    try collect()
    return RunnableStage.Traces(environment: log.environment, peakMemory: ending.peakMemory, usage: ending.usage)
  }

  var outputs: String { folder + "/outputs/" }

  private func words(_ ending: GuardProcess.Ending.Cause) -> String {
    switch ending {
    case .ended(let status): "'\(command.arguments[0])' \(status.words)"
    case .interrupted: "'\(command.arguments[0])' was interrupted"
    }
  }

  // MARK: The command's folder

  private func placeCode() throws {
    let tree = context.input(CommandTree.port)
    for name in try tree.names {
      guard let path = CommandTree.path(ofName: name) else { continue }
      let target = folder + "/code/" + path
      try makeFolders(String(target[..<target.lastIndex(of: "/")!]))
      // A script may be the program: whether its file could be executed is not in the key.
      try write(tree.bytes(name), to: target, mode: 0o755)
    }
  }

  /// Links every input to a name that can be read: `inputs/PORT`, or `inputs/PORT/NUMBER` at a port that gathers or is
  /// bound to several.
  private func placeInputs() throws -> [String: JSON] {
    var result: [String: JSON] = [:]
    for (port, items) in context.inputs where port != CommandTree.port {
      let isGathered = if case .gathered? = identity.ports[port] { true } else { items.count > 1 }
      if isGathered { try makeFolder(folder + "/inputs/" + port) }
      result[port] = .array(
        try items.enumerated().map { index, item in
          let path = folder + "/inputs/" + port + (isGathered ? "/\(index)" : "")
          return try document(
            item,
            at: item.artifact.map { artifact in
              try command.forms[port].map { try make($0, of: artifact, at: path) } ?? place(artifact, at: path)
            })
        })
    }
    return result
  }

  /// An artifact in the command's folder, and its layout there.
  private struct Placed {
    let path: String
    /// The files of a tree.
    var names: [String]?
    let format: String
    let options: [String: String]
  }

  /// Places one artifact as it is.
  private func place(_ artifact: any InputArtifact, at path: String) throws -> Placed {
    let reference = artifact.reference
    var placed = Placed(path: path, format: reference.format, options: reference.options)
    guard reference.layout == .tree else {
      try link(artifact.localPath(""), path)
      return placed
    }
    try makeFolder(path)
    let names = try artifact.names
    for name in names { try link(artifact.localPath(name), path + "/" + name) }
    placed.names = names
    return placed
  }

  /// Makes the files of a form of one artifact.
  private func make(_ form: InputForm, of artifact: any InputArtifact, at path: String) throws -> Placed {
    guard let write = forms[form] else { throw CommandError("this program does not make the form '\(form.rawValue)'") }
    try makeFolder(path)
    var names: [String] = []
    let options = try write(
      artifact,
      { name in
        names.append(name)
        return try CommandInput(path + "/" + name)
      }, context.report)
    return Placed(path: path, names: names.sorted(), format: form.rawValue, options: options)
  }

  private func link(_ source: String, _ target: String) throws {
    guard Glibc.link(source, target) != 0 else { return }
    guard symlink(source, target) == 0 else { throw SystemError("link \(target)", errno) }
  }

  private func document(_ item: StageInput, at place: Placed?) -> JSON {
    var members: [(String, JSON)] = []
    let ids = item.ids.sorted { $0.key < $1.key }.map { ($0.key, JSON.array($0.value.map(JSON.string))) }
    if !ids.isEmpty { members.append(("ids", .object(ids))) }
    guard let place, let kind = item.artifact?.reference.kind else {
      // A step that failed, at a port that accepts failures.
      return .object(members + [("path", .null)])
    }
    members += [("kind", .string(kind.name)), ("format", .string(place.format))]
    let options = place.options.sorted { $0.key < $1.key }.map { ($0.key, JSON.string($0.value)) }
    members += [("options", .object(options)), ("path", .string(place.path))]
    if let names = place.names { members.append(("files", .array(names.map(JSON.string)))) }
    return .object(members)
  }

  private func document(_ inputs: [String: JSON]) -> JSON {
    .object([
      ("stage", .string(identity.stage)), ("version", .int(identity.version)),
      ("parameters", .object(context.parameters.sorted { $0.key < $1.key }.map { ($0.key, JSON($0.value)) })),
      ("inputs", .object(inputs.sorted { $0.key < $1.key })),
      ("outputs", .object(command.outputs.map { ($0.name, .string(outputs + $0.name)) })),
      ("threads", .int(context.threads)),
    ])
  }

  /// An argument with its places filled in.
  private func filled(_ argument: String) throws -> String {
    try (StageCommand.pieces(of: argument) ?? []).map { piece in
      switch piece {
      case .text(let text): return text
      case .place("step"): return folder + "/step.json"
      case .place("threads"): return String(context.threads)
      case .place(let name) where ["code", "inputs", "outputs"].contains(name): return folder + "/" + name
      case .place(let name):
        guard name.hasPrefix("with."), let value = context.parameters[String(name.dropFirst(5))] else {
          throw CommandError("the command asks for '{\(name)}', which there is not")
        }
        if case .string(let text) = value { return text }
        return JSON(value).text()
      }
    }.joined()
  }

  /// All environment variables that the command has, as `NAME=value`.
  private var environment: [String] {
    var result = [
      "HOME": folder + "/home", "TMPDIR": folder + "/home", "LANG": "C.UTF-8",
      StageEnvironment.step: folder + "/step.json",
      "PATH": getenv("PATH").map { String(cString: $0) } ?? "/usr/local/bin:/usr/bin:/bin",
    ]
    for name in StageEnvironment.threads { result[name] = String(context.threads) }
    for name in command.environment { result[name] = getenv(name).map { String(cString: $0) } }
    return result.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
  }

  /// Makes a folder, and those above it.
  private func makeFolders(_ path: String) throws {
    guard mkdir(path, 0o775) != 0, errno != EEXIST else { return }
    guard errno == ENOENT, let slash = path.lastIndex(of: "/") else { throw SystemError("make \(path)", errno) }
    try makeFolders(String(path[..<slash]))
    try makeFolder(path)
  }

  private func makeFolder(_ path: String, ifMissing: Bool = false) throws {
    guard mkdir(path, 0o775) == 0 || ifMissing && errno == EEXIST else { throw SystemError("make \(path)", errno) }
  }

  private func write(_ bytes: [UInt8], to path: String, mode: mode_t) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)
    guard file >= 0 else { throw SystemError("write \(path)", errno) }
    let isWritten = Descriptors.write(bytes, to: file)
    guard isWritten, close(file) == 0 else { throw SystemError("write \(path)", errno) }
  }
}

/// A file that a command is given, while it is written.
private final class CommandInput: ByteWriter {
  private let path: String
  private let file: Int32

  init(_ path: String) throws {
    self.path = path
    file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o444)
    guard file >= 0 else { throw SystemError("write \(path)", errno) }
  }

  func write(_ bytes: UnsafeRawBufferPointer) throws {
    guard Descriptors.write(Array(bytes), to: file) else { throw SystemError("write \(path)", errno) }
  }

  func close() throws {
    guard Glibc.close(file) == 0 else { throw SystemError("write \(path)", errno) }
  }
}

/// A fault of a command, or of its end: the environment failed the step.
struct CommandError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

extension JSON {
  /// A parameter's value.
  fileprivate init(_ value: Value) {
    switch value {
    case .bool(let value): self = .bool(value)
    case .int(let value): self = .int(value)
    case .float(let value): self = .double(value)
    case .string(let value): self = .string(value)
    case .list(let values): self = .array(values.map(JSON.init))
    }
  }
}

/// A command that was killed from outside, which another attempt may survive.
struct CommandKilled: Error {
  let message: String
  /// Peak bytes, when there was no memory left.
  let memory: Int?
}
