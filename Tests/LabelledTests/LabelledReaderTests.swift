import Labelled
import Sequences
import TestSupport
import Testing

/// Reads files of the given roles.
private func splits(
  _ files: [(LabelledFile.Role, String)], _ change: (inout LabelledOptions) -> Void = { _ in }
) throws -> LabelledSplits {
  var options = LabelledOptions()
  change(&options)
  var reader = LabelledReader(files: files.map { .init($0.0, $0.0.rawValue) }, options: options)
  for (index, file) in files.enumerated() { bytes(file.1).withUnsafeBytes { reader.push(index, $0) } }
  return try reader.finish()
}

private func message(
  _ files: [(LabelledFile.Role, String)], _ change: (inout LabelledOptions) -> Void = { _ in }
) -> String {
  do {
    _ = try splits(files, change)
    return "accepted"
  } catch { return "\(error)" }
}

@Test func `labels may be values, sets and letters`() throws {
  let train = "sequence,label\nACGT,1.5\nTT,-2e3\n"
  let values = try splits([(.train, train), (.dev, train), (.test, train)]) { $0.labels = .value }
  #expect(values.train.map(\.label) == [.value(1.5), .value(-2000)])
  #expect(values.classes.isEmpty)
  let set = try splits(
    [(.train, "sequence,label\nA,b;a\nC,\nG,c\n"), (.dev, "sequence,label\nA,c\n"), (.test, "sequence,label\nA,a;a\n")]
  ) { $0.labels = .set }
  #expect(set.classes == ["a", "b", "c"])
  #expect(set.train.map(\.label) == [.set([0, 1]), .set([]), .set([2])])
  #expect(set.test.map(\.label) == [.set([0])])
  let letters = try splits(
    [(.train, "sequence,label\nACG,HE.\n"), (.dev, "sequence,label\nAC,EE\n"), (.test, "sequence,label\nA,H\n")]
  ) {
    $0.labels = .letters
    $0.ignored = ["."]
  }
  #expect(letters.classes == ["E", "H"])
  #expect(letters.train.map(\.label) == [.letters([1, 0, -1])])
  #expect(letters.text(of: letters.train[0].label) == "HE.")
}

@Test func `columns may say splits and validation`() throws {
  let table = "id,seq,y,set,validation\na,AC,0,train,\nb,CC,1,train,True\nc,GG,1,test,\nd,TT,1,train,False\n"
  let found = try splits([(.table, table)]) {
    $0.sequence = "seq"
    $0.label = "3"
    $0.split = "set"
    $0.validation = "validation"
  }
  #expect(found.train.map { text($0.sequence) } == ["AC", "TT"])
  #expect(found.dev.map { text($0.sequence) } == ["CC"])
  #expect(found.test.map { text($0.sequence) } == ["GG"])
}

@Test func `headers of FASTA hold labels in their parts`() throws {
  let train = ">P1-2 Cell.membrane-M\nMK\nL\n>P2 Golgi-U\nMA\n>P3 Cyto-Nucleus-S x\nMC\n>P4 Golgi-S\nMD\n"
  let test = ">P5 Golgi-M test\nMKA\n"
  let fasta = { (part: Int, ignored: [String]) in
    try splits([(.train, train), (.dev, test), (.test, test)]) {
      $0.layout = .fasta
      $0.label = "2"
      $0.separator = "-"
      $0.piece = part
      $0.ignored = ignored
      $0.reading.alphabet = .protein
    }
  }
  let place = try fasta(1, ["Cyto-Nucleus-S"])
  #expect(place.classes == ["Cell.membrane", "Golgi"])
  #expect(place.train.map { text($0.sequence) } == ["MKL", "MA", "MD"])
  #expect(place.notes == ["rows left out for a label in `ignore`: 1"])
  let membrane = try fasta(-1, ["U"])
  #expect(membrane.classes == ["M", "S"])
  #expect(membrane.train.map(\.label) == [0, 1, 1])
}

/// A part made by the program shares no sequence with another: the property that pairs are dropped for.
@Test func `parts of pairs share no protein`() throws {
  var random = RandomNumbers(seed: seed)
  let names = (0..<80).map { "P\($0)" }
  let proteins = names.map { "\($0)\t\(text(random.letters("ACDEFGHIKLMNPQRSTVWY", 12)))\n" }.joined()
  let pairs = (0..<600).map { (_: Int) -> String in
    let (a, b) = (names.randomElement(using: &random)!, names.randomElement(using: &random)!)
    return "\(a)\t\(b)\t\(Int.random(in: 0...1, using: &random))\n"
  }
  let read = { (rows: [String]) in
    try splits([(.sequences, proteins), (.table, rows.joined())]) {
      $0.layout = .tsv
      $0.hasHeader = false
      $0.sequence = "1"
      $0.second = "2"
      $0.label = "3"
      $0.shares = [60, 20, 20]
      $0.reading.alphabet = .protein
    }
  }
  let found = try read(pairs)
  let parts = [found.train, found.dev, found.test].map { Set($0.flatMap { [$0.sequence, $0.second] }) }
  #expect(parts.allSatisfy { !$0.isEmpty }, "seed \(seed)")
  #expect(parts[0].isDisjoint(with: parts[1]) && parts[0].isDisjoint(with: parts[2]), "seed \(seed)")
  #expect(parts[1].isDisjoint(with: parts[2]), "seed \(seed)")
  let kept = found.train.count + found.dev.count + found.test.count
  #expect(found.notes == ["\(600 - kept) of 600 pairs are left out: their partners are in different splits"])
  // The split of a pair does not depend on the others.
  let half = try read(Array(pairs.prefix(300)))
  #expect(half.train == Array(found.train.prefix(half.train.count)))
}

@Test func `a pair is the same in either order`() {
  let (a, b) = (bytes("MKL"), bytes("MA"))
  #expect(
    LabelledRecord(sequence: a, second: b, label: 0).identity
      == LabelledRecord(sequence: b, second: a, label: 1).identity)
  #expect(LabelledRecord(sequence: a, label: 0).identity == a)
}

@Test func `a carved dev comes from train alone`() throws {
  let train = "sequence,label\n" + (0..<200).map { "ACGT\(String(repeating: "A", count: $0)),\($0 % 2)\n" }.joined()
  let test = "sequence,label\nGG,1\n"
  let found = try splits([(.train, train), (.test, test)])
  #expect(found.test.count == 1 && found.train.count + found.dev.count == 200)
  #expect((10...40).contains(found.dev.count))
  let all = try splits([(.table, train)]) { $0.shares = [50, 25, 25] }
  #expect((70...130).contains(all.train.count) && all.dev.count > 25 && all.test.count > 25)
}

@Test func `labels that do not fit are named`() {
  let fine = "sequence,label\nACG,HEH\n"
  #expect(
    message([(.train, fine), (.dev, fine), (.test, "sequence,label\nACG,HE\n")]) { $0.labels = .letters }
      == "test:2:5: record `row1`: the label has 2 letters, the sequence has 3")
  // One letter of three bytes for three letters of the sequence.
  let accent = "sequence,label\nACG,e\u{301}\n"
  #expect(
    message([(.train, accent), (.dev, accent), (.test, accent)]) { $0.labels = .letters }
      .hasPrefix("train:2:5: record `row1`: the label has 1 letters, the sequence has 3"))
  #expect(
    message([(.train, fine), (.dev, fine), (.test, "sequence,label\nACG,HEX\n")]) { $0.labels = .letters }
      == "test:2:5: record `row1`: label `X` does not occur in the rows of train (train); in dev and test 1 row has it")
  #expect(
    message([(.train, fine)]) { $0.labels = .value }
      == "train:2:5: record `row1`: label `HEH` is no number; option `ignore: HEH` leaves rows of this label out")
  #expect(
    message([(.table, "sequence,label,set\nA,0,train\nC,1,held\n")]) { $0.split = "set" }
      == "table:3:3: record `row2`: the split `held` is none of train, dev and test; option `map` says what it is, as "
      + "`held=dev`, or leaves it out, as `held=-`")
  #expect(
    message([(.sequences, ">P1\nACG\n"), (.table, "a,b,label\nP1,P2,1\n")]) {
      $0.sequence = "a"
      $0.second = "b"
    }
      == "table:2:4: record `row1`: there is no sequence named `P2`; options: { incomplete: drop } leaves such rows out"
  )
  #expect(
    message([(.table, "ACG\t1\n")]) {
      $0.layout = .tsv
      $0.hasHeader = false
      $0.sequence = "1"
      $0.label = "3"
    } == "table:1:1: there is no column `3`; without a header, columns are stated as 1 to 2")
  #expect(
    message([(.train, ">a\nACG\n")]) {
      $0.layout = .fasta
      $0.label = "2"
    }
      == "train: record `a`: there is no label: the header has no word `2`; option `label` states another, and "
      + "incomplete: drop leaves such rows out")
  #expect(
    message([(.train, "sequence,label\nA,x\n")]) { $0.piece = 2 }
      == "train:2:3: record `row1`: the label `x` has no piece 2")
}

/// A reader that is copied with every chunk takes the square of a record's length, which is hours here. No clock is
/// asked: how long the right one takes depends on what else the machine does.
@Test(arguments: [LabelledOptions.Layout.csv, .fasta])
func `long records may be read byte by byte`(_ layout: LabelledOptions.Layout) throws {
  let length = 2_000_000
  let sequence = String(repeating: "ACGT", count: length / 4)
  let file = layout == .fasta ? ">a 1\n\(sequence)\n>b 0\nAC\n" : "sequence,label\n\(sequence),1\nAC,0\n"
  var options = LabelledOptions()
  options.layout = layout
  if layout == .fasta { options.label = "2" }
  var reader = LabelledReader(files: [.init(.train, "t"), .init(.dev, "d"), .init(.test, "e")], options: options)
  bytes(file).withUnsafeBytes { whole in
    for place in whole.indices { reader.push(0, UnsafeRawBufferPointer(rebasing: whole[place...place])) }
  }
  for index in 1...2 { bytes(file).withUnsafeBytes { reader.push(index, $0) } }
  #expect(try reader.finish().train.map(\.sequence.count) == [length, 2])
}

@Test func `classes that train does not have are left out or kept where that is said`() throws {
  let table = "sequence,label,split\nA,x,train\nC,y,train\nG,x,dev\nT,z,dev\nAA,w,test\nCC,y,test\nGG,z,test\n"
  let read = { (unseen: LabelledOptions.Unseen, isSet: Bool) in
    try splits([(.table, table)]) {
      $0.split = "split"
      $0.unseen = unseen
      if isSet { $0.labels = .set }
    }
  }
  for isSet in [false, true] {
    let (dropped, kept) = try (read(.drop, isSet), read(.keep, isSet))
    #expect(dropped.classes == ["x", "y"] && dropped.dev.count == 1 && dropped.test.count == 1)
    #expect(
      dropped.notes == ["rows of dev and test left out for a class that train has not: 3, classes: 2"])
    #expect(kept.classes == ["w", "x", "y", "z"] && kept.dev.count == 2 && kept.test.count == 3)
    #expect(kept.notes.count == 1 && kept.notes[0].contains("kept, and wrong whatever is predicted"))
    #expect(throws: SequenceFindings.self) { try read(.refuse, isSet) }
  }
}
