/// The network that made embeddings: the file `model.json` beside them.
package struct EmbeddedBy: Codable, Sendable {
  /// The name of the file in the artifact's tree.
  package static let file = "model.json"

  package let architecture: String
  /// Numbers in the network, without a head.
  package let parameters: Int

  package init(architecture: String, parameters: Int) {
    self.architecture = architecture
    self.parameters = parameters
  }
}
