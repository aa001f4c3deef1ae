package import Arithmetic

/// The computation of one shard of a batch: packed sequences in, ops recorded as they run, gradients by running them
/// backward.
///
/// Glossary: B sequences, R rows (all tokens of the shard, sequence after sequence, no padding), C columns (features).
/// All values and gradients live in two arenas that keep their size from step to step: after the first step of a shape
/// no room for numbers is allocated. A tape is used by one thread at a time.
package final class Tape {
  /// The numbers of all values; ops find what they `reserve` in it.
  package var values: FloatBuffer
  package var valueEnd = 0
  var gradients: FloatBuffer
  var gradientEnd = 0
  /// Free pieces of the gradient arena: a gradient's room is used again once its op has run backward.
  var free: [(offset: Int, count: Int)] = []
  var parameterGradients: FloatBuffer
  /// Floats of `parameterGradients` in use: the bound blocks one after another.
  private(set) var parameterGradientCount = 0

  package private(set) var blocks: [ParameterBuffer] = []
  var blockOffsets: [Int] = []
  var blockNames: [String] = []
  /// The ops in their order, each with the division of rows that was in force.
  var ops: [(op: any Op, division: Int)] = []
  /// By value number: where it starts in `values`, and its gradient in `gradients` (-1: none yet).
  var valueOffsets: [Int] = []
  var gradientOffsets: [Int] = []
  /// By value number: its gradient arrives in `values` itself (a loss overwrites its logits).
  package var gradientInPlace: [Bool] = []
  /// By value number: the function that made it, the bound block that it belongs to (-1: none), and its numbers.
  var origins: [(op: StaticString, block: Int, count: Int)] = []
  /// The block whose parameter an op used last: what is made from there on belongs to it.
  var currentBlock = -1

  /// The divisions of rows into sequences that the step has had; the first is that of its batch.
  private var divisions: [Division] = [Division()]
  /// The number of the division in force: of rows that ops are given from here on.
  package var division = 0
  /// Integers of the step, as token ids and chosen rows; ops refer to ranges of it.
  package var integers: [Int32] = []
  /// Whether ops keep what their backward pass needs.
  package private(set) var isTraining = true
  /// Whether products round their operands to bfloat16 (their sums, and all else, are fp32).
  package var half = false
  /// Whether parts of a step that can be are computed anew for their backward pass, which saves room.
  package var recomputes = false
  var rotary: [RotaryTable.Key: RotaryTable] = [:]
  /// The memories of the sequences of a step that goes on; empty: all sequences are whole.
  var memories: [SequenceMemory] = []
  var nextMemory = 0
  /// Tables of Fourier transforms, by length.
  package var transforms: [Int: FFTTable] = [:]

  package init() {
    values = FloatBuffer(count: 0)
    gradients = FloatBuffer(count: 0)
    parameterGradients = FloatBuffer(count: 0)
  }

  /// B + 1 row numbers: sequence b is rows starts[b] ..< starts[b + 1].
  package var starts: [Int32] { divisions[division].starts }
  /// Those of the batch, before rows were chosen or pooled.
  package var batchStarts: [Int32] { divisions[0].starts }
  /// By row, its place in the sequence that it was taken from; nil: rows count on from the start of theirs.
  package var places: [Int32]? { divisions[division].places }
  package var sequences: Int { starts.count - 1 }
  package var rows: Int { Int(starts[starts.count - 1]) }
  /// Tokens of the longest sequence.
  package var longestSequence: Int { (0..<sequences).reduce(0) { max($0, Int(starts[$1 + 1] - starts[$1])) } }

  /// Whether gradients of parameters are added to those of the part before.
  private var isContinuing = false

  /// Forgets the last step and takes the lengths of the next one's sequences. `continuing`: this is one more part of
  /// the same step; the same blocks will be bound in the same order, and their gradients add up.
  package func begin(lengths: some Sequence<Int>, training: Bool, continuing: Bool = false) {
    isContinuing = continuing
    memories = []
    nextMemory = 0
    currentBlock = -1
    origins.removeAll(keepingCapacity: true)
    blockNames.removeAll(keepingCapacity: true)
    valueEnd = 0
    gradientEnd = 0
    parameterGradientCount = 0
    isTraining = training
    free.removeAll(keepingCapacity: true)
    blocks.removeAll(keepingCapacity: true)
    blockOffsets.removeAll(keepingCapacity: true)
    ops.removeAll(keepingCapacity: true)
    valueOffsets.removeAll(keepingCapacity: true)
    gradientOffsets.removeAll(keepingCapacity: true)
    gradientInPlace.removeAll(keepingCapacity: true)
    integers.removeAll(keepingCapacity: true)
    divisions.removeAll(keepingCapacity: true)
    divide(lengths)
  }

  /// Rows are divided otherwise from here on: into sequences of these lengths, in which a row has the place `places`
  /// says. `division` brings an earlier one back.
  package func divide(_ lengths: some Sequence<Int>, places: [Int32]? = nil) {
    var starts: [Int32] = [0]
    for length in lengths { starts.append(starts[starts.count - 1] + Int32(length)) }
    if let places { precondition(places.count == starts.last!, "\(places.count) places of \(starts.last!) rows") }
    divisions.append(Division(starts: starts, places: places))
    division = divisions.count - 1
  }

  /// The rows of the batch have these places in their sequences.
  func place(_ places: [Int32]) { divisions[division].places = places }

  /// Makes a block's tensors usable in this step, with zero gradients unless the step is continued. `name` is for
  /// messages. Returns the block's number.
  package func bind(_ weights: ParameterBuffer, name: String = "") -> Int {
    blocks.append(weights)
    blockNames.append(name)
    blockOffsets.append(parameterGradientCount)
    let end = parameterGradientCount + weights.layout.size
    if isTraining {
      if end > parameterGradients.count {
        let larger = FloatBuffer(count: max(end, parameterGradients.count * 3 / 2))
        larger.base.update(from: parameterGradients.base, count: parameterGradientCount)
        parameterGradients = larger
      }
      if !isContinuing { parameterGradients.clear(parameterGradientCount..<end) }
    }
    parameterGradientCount = end
    return blocks.count - 1
  }

  /// Tensor `entry` of a bound block, by its number; `Parameters` gives a block its tensors by name.
  package func parameter(_ block: Int, _ entry: Int) -> Parameter {
    let placed = blocks[block].layout.entries[entry]
    return Parameter(block: block, offset: placed.offset, shape: placed.shape)
  }

  /// The summed gradients of all bound blocks, in the order of binding, each block's as its layout.
  package var parameterGradientBase: UnsafeMutablePointer<Float> { parameterGradients.base }

  /// Floats that the arenas hold; stays the same while the shapes do.
  package var arenaFloats: Int { values.count + gradients.count + parameterGradients.count }

  // MARK: values

  /// Room for a new value; its numbers are whatever the arena held. `parameter` is one that it is made with, `op` the
  /// function that asks for it.
  package func makeValue(
    rows: Int, columns: Int, with parameter: Parameter? = nil, op: StaticString = #function
  ) -> TapeValue {
    if let parameter { currentBlock = parameter.block }
    origins.append((op, currentBlock, rows * columns))
    let offset = reserve(rows * columns)
    valueOffsets.append(offset)
    gradientOffsets.append(-1)
    gradientInPlace.append(false)
    return TapeValue(index: valueOffsets.count - 1, rows: rows, columns: columns)
  }

  /// Room in the value arena that lasts for the step.
  package func reserve(_ count: Int) -> Int {
    let offset = valueEnd
    valueEnd += count.alignedFloats
    if valueEnd > values.count {
      let larger = FloatBuffer(count: max(valueEnd, values.count * 3 / 2))
      larger.base.update(from: values.base, count: offset)
      values = larger
    }
    return offset
  }

  /// Gives back room at the arena's end that was reserved as scratch.
  package func release(to offset: Int) { valueEnd = offset }

  /// Copies integers into the step's table.
  package func keep(_ numbers: some Sequence<Int32>) -> Range<Int> {
    let first = integers.count
    integers.append(contentsOf: numbers)
    return first..<integers.count
  }

  /// The numbers of a value, for tests and for results.
  package func array(_ value: TapeValue) -> [Float] {
    let offset = valueOffsets[value.index]
    return values.array(offset..<offset + value.rows * value.columns)
  }

  /// A value given from outside.
  package func input(_ numbers: [Float], rows: Int, columns: Int) -> TapeValue {
    precondition(numbers.count == rows * columns, "\(numbers.count) numbers for \(rows) x \(columns)")
    let value = makeValue(rows: rows, columns: columns)
    values.replace(from: valueOffsets[value.index], with: numbers)
    return value
  }

  // MARK: pointers, for the lines that call C

  package func pointer(_ value: TapeValue) -> UnsafeMutablePointer<Float> { values.base + valueOffsets[value.index] }
  package func weights(_ parameter: Parameter) -> UnsafeMutablePointer<Float> {
    blocks[parameter.block].floats.base + parameter.offset
  }
  package func weightGradients(_ parameter: Parameter) -> UnsafeMutablePointer<Float> {
    parameterGradients.base + blockOffsets[parameter.block] + parameter.offset
  }
}

/// Rows as sequences.
private struct Division {
  var starts: [Int32] = [0]
  var places: [Int32]?
}
