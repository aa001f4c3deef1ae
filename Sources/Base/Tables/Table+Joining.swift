extension Table {
  /// Tables one below the other, each with texts in front that tell its rows apart. Columns of one name are one; a
  /// table has empty cells in those that it lacks.
  package static func joined(_ all: [(front: [String], table: Table)], behind columns: [String]) -> Table {
    if all.count == 1, columns.isEmpty { return all[0].table }
    // A table without rows does not show which of its columns have bounds.
    let tables = all.filter { !$0.table.cells.isEmpty }
    guard let first = tables.first?.table else { return Table(columns + (all.first?.table.columns ?? [])) }
    var (places, headings, named): ([String: Int], [String], [Int: String]) = ([:], columns, [:])
    var numeric: Set<Int> = []
    let known = tables.map { _, table in
      zip(table.columns.indices, table.names).map { column, name in
        let identity = table.isInterval(column) ? "\(name) interval" : name
        if let place = places[identity] { return place }
        let place = headings.count
        places[identity] = place
        headings.append(table.columns[column])
        named[place] = table.named[column]
        if table.numeric.contains(column) { numeric.insert(place) }
        return place
      }
    }
    let cells = zip(tables, known).flatMap { entry, places in
      entry.table.cells.map { row in
        var line = entry.front.map(TableCell.text)
        line += repeatElement(.missing, count: headings.count - line.count)
        for (place, cell) in zip(places, row) { line[place] = cell }
        return line
      }
    }
    return Table(
      headings, name: first.name, numeric: numeric, keys: columns.count + first.keys, named: named,
      leftOut: tables.reduce(0) { $0 + $1.table.leftOut }, cells: cells)
  }
}
