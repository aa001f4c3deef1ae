import Labelled
import Sequences
import Testing

/// DNA and its other strand are one sequence, where the task does not say otherwise.
@Suite struct HoldOutStrandTests {
  private func record(_ letters: String, _ second: String = "") -> LabelledRecord {
    LabelledRecord(sequence: Array(letters.utf8), second: Array(second.utf8), label: 0)
  }

  @Test func `the other strand of a sequence is found and found again`() {
    #expect(Complement.reversed(Array("AACGTNRK".utf8)) == Array("MYNACGTT".utf8))
    #expect(Complement.smaller(Array("TTT".utf8)) == Array("AAA".utf8) && Complement.smaller([]) == [])
    for text in ["ACCGGT", "GGGATC", "TTTTTTTA", "NACGTAC"] {
      let letters = Array(text.utf8)
      #expect(Complement.reversed(Complement.reversed(letters)) == letters)
      #expect(Complement.smaller(letters) == Complement.smaller(Complement.reversed(letters)))
    }
  }

  @Test func `both strands are on one side of a hold-out`() {
    let records = (0..<400).map { number in
      record(
        String(number, radix: 4).map { String("ACGT"[String.Index(utf16Offset: $0.hexDigitValue!, in: "ACGT")]) }
          .joined() + "ACGGTCA")
    }
    let others = records.map { record(String(decoding: Complement.reversed($0.sequence), as: UTF8.self)) }
    let (_, held) = LabelledRecord.split(records, holdOut: 0.3, by: \.unstranded)
    let (_, other) = LabelledRecord.split(others, holdOut: 0.3, by: \.unstranded)
    #expect(held.map(\.sequence) == other.map { Complement.reversed($0.sequence) })
    #expect((90...150).contains(held.count), "\(held.count)")
    let (_, stranded) = LabelledRecord.split(records, holdOut: 0.3)
    #expect(stranded != held)
    #expect(record("AAC", "GGT").unstranded.identity == record("ACC", "GTT").unstranded.identity)
  }
}
