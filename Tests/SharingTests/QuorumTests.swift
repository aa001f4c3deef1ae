import Artifacts
import Files
import Remotes
import Stores
import Testing

@testable import Sharing

/// Groups of labs of which several must say the same.
@Suite struct QuorumTests {
  private static let key = Plant.identity(1).key
  private static let other = Plant.record(.outputs(["out": Plant.file(Array("other".utf8), inline: true)]))

  /// A remote to which 'lab-a' has pushed, and 'lab-b', which says something else of one step.
  private static func divided() throws -> any Remote {
    let (ours, theirs, remote) = (try Plant(), try Plant.empty(), PeersTests.remote())
    _ = try theirs.keep(identity: Plant.identity(1), sources: [:])
    _ = try theirs.publish(other, key)
    _ = try PeersTests.push(ours.store, ours.keys, to: remote)
    _ = try PeersTests.push(theirs, [key], to: remote, lab: "lab-b")
    return remote
  }

  private static func peers(_ store: Store, _ remote: any Remote, need: Int, preferred: String? = nil) throws -> Peers {
    _ = try PeersTests.accepting(store, [remote])
    return Peers(
      store, [Peer("r", remote)], trust: Trust(signers: "/nowhere"),
      quorums: [Quorum("trio", labs: ["lab-a", "lab-b", "lab-c"], need: need)], preferred: preferred
    ) { _ in }
  }

  @Test func `a claim counts when as many labs of its group say the same`() throws {
    let (remote, store, third) = (try Self.divided(), try Plant.empty(), try Plant())
    let steps = PeersTests.steps(third.keys), step = ClaimedStep(key: Self.key, stage: "made")
    let alone = try Self.peers(store, remote, need: 2)
    #expect(try alone.bring(steps) == 0 && alone.conflicts.isEmpty)
    let needs = "1 of the 2 that 'trio' needs"
    #expect(
      try Set(alone.testimonies(on: step)) == [
        .init(lab: "lab-a", agrees: nil, obstacle: needs), .init(lab: "lab-b", agrees: nil, obstacle: needs),
      ])
    // To prefer a lab is no claim of another one.
    #expect(try Self.peers(store, remote, need: 2, preferred: "lab-b").bring(steps) == 0)

    _ = try PeersTests.push(third.store, third.keys, to: remote, lab: "lab-c")
    let both = try Self.peers(store, remote, need: 2)
    #expect(try both.bring(steps) == third.keys.count)
    let row = try #require(try store.row(Self.key))
    #expect(try store.result(Self.key)?.agrees(with: Self.other) == false)
    // One that says something else alone raises no conflict, and is told.
    #expect(try both.believes(row, of: step) && both.conflicts.isEmpty)
    #expect(
      try both.testimonies(on: step).filter { $0.obstacle != nil } == [
        .init(lab: "lab-b", agrees: false, obstacle: needs)
      ])
    // Results that were taken count no more when more must agree.
    #expect(try !Self.peers(store, remote, need: 3).believes(row, of: step))
  }

  @Test func `claims outside the bounds of their lab are no conflict`() throws {
    let (remote, store) = (try Self.divided(), try Plant.empty())
    _ = try PeersTests.accepting(store, [remote])
    let peers = Peers(
      store, [Peer("r", remote)], trust: Trust(signers: "/nowhere"),
      policies: ["lab-b": TrustPolicy(stages: ["other"])]
    ) { _ in }
    #expect(try peers.disputes { _ in "made" }.isEmpty)
    #expect(try peers.disputes { _ in "other" }.map(\.key) == [Self.key])
    #expect(try peers.disputes { _ in nil }.map(\.key) == [Self.key], "nobody knows the stage")
  }

  @Test func `a lab outside its group's bounds is no witness, and labs in no group need none`() throws {
    let (remote, store, third) = (try Self.divided(), try Plant.empty(), try Plant())
    _ = try PeersTests.push(third.store, third.keys, to: remote, lab: "lab-c")
    _ = try PeersTests.accepting(store, [remote])
    let peers = { (quorums: [Quorum]) in
      Peers(
        store, [Peer("r", remote)], trust: Trust(signers: "/nowhere"),
        policies: ["lab-c": TrustPolicy(stages: ["other"])], quorums: quorums
      ) { _ in }
    }
    let steps = PeersTests.steps(third.keys)
    #expect(try peers([Quorum("pair", labs: ["lab-a", "lab-c"], need: 2)]).bring(steps) == 1, "that of 'lab-b'")
    #expect(try peers([Quorum("duo", labs: ["lab-d", "lab-c"], need: 2)]).bring(steps) == 3)
  }
}
