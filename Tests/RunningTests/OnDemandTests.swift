import Artifacts
import Plans
import Stores
import TaskStages
import Testing
import UseStages

@testable import Resolving

/// Outputs whose bytes are stored where something asks for them.
@Suite struct OnDemandTests {
  static let train = StageDeclaration(
    name: "train", version: 1, summary: "Writes a model on demand.",
    parameters: [
      Parameter("weight", .float(0...1), default: .float(1), neutral: .float(1), help: ""),
      Parameter(
        "keep", .choice(["bound", "model"]), default: .string("bound"), neutral: nil, role: .resource, help: ""),
    ],
    inputs: [InputPort("input", Scene.kinds, help: "")],
    outputs: [
      OutputPort("scores", .metrics, .file, help: ""), OutputPort("model", .model, .file, isOnDemand: true, help: ""),
    ], example: "")

  /// Models over an axis, of which one is picked by scores.
  private func text(_ scene: Scene, keep: String = "bound", after: String = "") -> String {
    """
    bioarc: 1
    name: demand
    inputs:
      data: { path: \(scene.path("input")), kind: sequences, format: raw }
    stages:
      made:
        stage: train
        for: { w: [0.1, 0.2, 0.3] }
        with: { weight: $w, keep: \(keep) }
        in: { input: $data }
      best: { stage: pick, in: { items: { from: $made.scores, over: { item: [w] } } } }
    \(after)
    """
  }

  private static let pick = StageDeclaration(
    name: "pick", version: 1, summary: "Chooses one.", parameters: [],
    inputs: [InputPort("items", Scene.kinds, roles: ["item"], help: "")],
    outputs: [OutputPort("winner", .choice, .file, help: "")], example: "")

  private func scene() throws -> Scene {
    let scene = try Scene([Self.train, Self.pick])
    scene.choices = ["winner": "0.2\n"]
    return scene
  }

  private let bound = "  after: { stage: follow, in: { input: $made.model } }"
  private let chosen = "  after: { stage: follow, in: { input: { from: $made.model, of: $best.winner } } }"

  private func held(_ scene: Scene, _ text: String) throws -> [Bool] {
    let resolution = try scene.resolve(text)
    return try ["0.1", "0.2", "0.3"].map { w in
      guard case .outputs(let outputs)? = try resolution.record(of: resolution.step("made[w=\(w)]"))?.outcome else {
        return false
      }
      return try scene.store.holds(#require(outputs["model"]))
    }
  }

  @Test func `an output that nothing asks for is not stored, and nothing runs for it`() throws {
    let scene = try scene()
    let text = text(scene)
    #expect(try scene.run(text) == 4)
    #expect(try held(scene, text) == [false, false, false])
    #expect(try scene.run(text) == 0)
    // A forced reader of the other output does not need it either.
    #expect(try scene.finish(scene.resolve(text, force: ["best"])) == 1)
  }

  @Test func `a stage that binds it has all items stored, and later the missing ones made again`() throws {
    let scene = try scene()
    #expect(try scene.run(text(scene, after: bound)) == 7)
    #expect(try held(scene, text(scene)) == [true, true, true])
    let other = try self.scene()
    #expect(try other.run(text(other)) == 4)
    #expect(try other.run(text(other, after: bound)) == 6, "three models and three readers")
    #expect(try held(other, text(other)) == [true, true, true])
    #expect(try other.run(text(other, after: bound)) == 0)
  }

  @Test func `a choice has its item alone made again`() throws {
    let scene = try scene()
    #expect(try scene.run(text(scene, after: chosen)) == 6, "three, the choice, the winner again, its reader")
    #expect(try held(scene, text(scene)) == [false, true, false])
    #expect(try scene.run(text(scene, after: chosen)) == 0)
  }

  @Test func `a parameter, a pin and a run may ask for it`() throws {
    let scene = try scene()
    #expect(try scene.run(text(scene, keep: "model")) == 4)
    #expect(try held(scene, text(scene)) == [true, true, true])
    let other = try self.scene()
    let text = text(other)
    try other.run(text)
    #expect(try other.finish(other.resolve(text, only: ["made[w=0.3]"], keep: ["model"])) == 1)
    #expect(try held(other, text) == [false, false, true])
    #expect(try other.finish(other.resolve(text, only: ["made[w=0.3]"], keep: ["model"])) == 0)
    let key = try #require(other.resolve(text).key(of: other.resolve(text).step("made[w=0.1]")))
    let pin = Pin(name: "a", time: 1, pipeline: "", file: "", step: "", keys: [key])
    #expect(try other.store.add(pin))
    #expect(try other.finish(other.resolve(text, only: ["made[w=0.1]"], force: ["made[w=0.1]"])) == 1)
    #expect(try held(other, text) == [true, false, true])
  }
}

extension OnDemandTests {
  /// A run that asks for the output of one step leaves alone what the step reads.
  @Test func `asking for one step makes nothing again of the steps before it`() throws {
    let scene = try Scene([Self.train])
    let text = """
      bioarc: 1
      name: demand
      inputs:
        data: { path: \(scene.path("input")), kind: sequences, format: raw }
      stages:
        made: { stage: train, in: { input: $data } }
        last: { stage: train, in: { input: $made.scores } }
      """
    #expect(try scene.run(text) == 2)
    #expect(try scene.finish(scene.resolve(text, only: ["last"], keep: ["model"])) == 1)
    #expect(try scene.finish(scene.resolve(text, keep: ["model"])) == 1, "without a name, every step")
  }
}
