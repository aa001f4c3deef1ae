import Artifacts
import ModelStages
import Resolving
import Sessions
import Stores
import UseStages

/// The trained networks of a crate: a folder each, and a signature beside it.
struct ModelFolders {
  /// A model's folder.
  struct Model {
    /// The path in the crate, without a slash at the end.
    let path: String
    /// `STEP.OUTPUT`
    let name: String
    /// The paths of its files in the crate.
    let files: [String]
    /// The path of the signature; nil: it is not signed.
    let signature: String?
  }

  /// Writes the models of chosen steps whose bytes the store has, in the order of the plan.
  static func write(_ edition: Edition, to folder: CrateFolder, key: String?) throws -> [Model] {
    let signer = try key.map(ModelSigner.init)
    var models: [Model] = []
    for step in edition.steps where edition.chosen.contains(step) {
      guard case .outputs(let outputs)? = try edition.resolution.record(of: step)?.outcome else { continue }
      for port in outputs.keys.sorted() {
        guard let output = outputs[port], Weights.exported.contains(output.artifact.kind),
          try edition.resolution.store.holds(output)
        else { continue }
        let found = try OutputAddress.outputs(of: step, port: port, edition.session, edition.resolution)
        for output in found { models.append(try write(output, edition, to: folder, signer)) }
      }
    }
    if let signer, !models.isEmpty { try folder.write(ModelSigner.publicName, signer.publicKey) }
    return models
  }

  private static func write(
    _ output: OutputAddress, _ edition: Edition, to folder: CrateFolder, _ signer: ModelSigner?
  ) throws -> Model {
    let address = edition.resolution.address(output.step)
    let path = "models/\(Self.path(address))/\(output.port)"
    var names: [String] = []
    if let files = try exported(output, edition) {
      for file in files {
        names.append(file.name)
        try folder.write("\(path)/\(file.name)", file.bytes)
      }
    } else {
      for name in try output.artifact.names {
        let plain = name.isEmpty ? output.port : name
        names.append(plain)
        let reader = try output.artifact.open(name)
        try folder.write("\(path)/\(plain)") { try reader.copy(to: $0) }
      }
    }
    var signature: String?
    if let signer {
      let files = names.map { (name: $0, digest: folder.files["\(path)/\($0)"]!.digest) }
      signature = path + ".sig"
      try folder.write(path + ".sig", signer.sign(output.port, files))
    }
    return Model(
      path: path, name: "\(address).\(output.port)", files: names.sorted().map { "\(path)/\($0)" },
      signature: signature)
  }

  /// `scores[k=6,task=tata]` as a path: `scores/k=6,task=tata`.
  private static func path(_ address: String) -> String {
    address.replacing("[", with: "/").replacing("]", with: "")
  }

  /// The files that plain PyTorch loads; nil for weights of many architectures and of own stages, which go as they are.
  private static func exported(
    _ output: OutputAddress, _ edition: Edition
  ) throws -> [(name: String, bytes: [UInt8])]? {
    if output.output.artifact.kind == .model { return try? TrainedModel.export(output.artifact) }
    guard var files = try? ModelExport.files(output.artifact, architecture: nil) else { return nil }
    if let (step, port) = edition.resolution.output(readAt: "tokenizer", of: output.step),
      let tokenizer = try? OutputAddress.outputs(of: step, port: port, edition.session, edition.resolution).first
    {
      files.append(("tokenizer.json", try tokenizer.artifact.bytes()))
    }
    return files
  }
}
