/// The style of a page: light and dark by the system's choice, light on paper.
enum PageStyle {
  static let text = #"""

    :root { color-scheme: light dark; --paper: light-dark(#fff, #16181d); --ink: light-dark(#1c1f24, #e6e8ec);
      --pale: light-dark(#5a6069, #a8afba); --line: light-dark(#d6dae0, #3a3f48); --wash: light-dark(#f4f6f8, #1f232a);
      --link: light-dark(#005a8c, #7cc4ee); --bad: light-dark(#9a3b00, #f0a070); --good: light-dark(#00654a, #5fd0a8);
      --mark: light-dark(#fff3c4, #4a4012); }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 76rem; padding: 0 1.25rem 4rem; background: var(--paper); color: var(--ink);
      font: 1rem/1.5 system-ui, sans-serif; }
    a { color: var(--link); }
    :focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
    .skip { position: absolute; left: -999rem; }
    .skip:focus { left: 1rem; top: 1rem; background: var(--paper); padding: .5rem; z-index: 2; }
    h1 { font-size: 1.5rem; line-height: 1.25; margin: 1.5rem 0 .5rem; overflow-wrap: anywhere; }
    h2 { font-size: 1.2rem; margin: 2.5rem 0 .75rem; padding-top: .75rem; border-top: 1px solid var(--line); }
    h3 { font-size: 1rem; margin: 1.5rem 0 .4rem; overflow-wrap: anywhere; }
    p { margin: .4rem 0; max-width: 60rem; overflow-wrap: anywhere; white-space: pre-line; }
    nav ul { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; list-style: none; margin: .5rem 0 0; padding: 0; }
    nav a { font-size: .9rem; }
    .state { font-size: .85rem; font-weight: 600; border: 1px solid currentColor; border-radius: .3rem;
      padding: .05rem .45rem; vertical-align: .2rem; white-space: nowrap; }
    .state.done { color: var(--good); }
    .state.failed, .state.lost, .state.refused, .state.interrupted { color: var(--bad); }
    .headline strong { font-size: 1.5rem; display: block; line-height: 1.3; }
    .headline span { color: var(--pale); }
    dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(15rem, 1fr)); gap: .6rem 1.5rem;
      margin: .75rem 0; }
    dt { color: var(--pale); font-size: .85rem; } dd { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
    figure { display: inline-block; vertical-align: top; max-width: 100%; margin: 1rem 1.5rem 1rem 0; padding: 0; }
    figcaption { font-weight: 600; margin-bottom: .4rem; overflow-wrap: anywhere; }
    .picture { overflow: auto; width: fit-content; max-width: 100%; background: #fff;
      border: 1px solid var(--line); border-radius: .4rem; max-height: 80vh; }
    .picture svg { display: block; }
    .words { max-width: 44rem; } .words, .cut, .count { color: var(--pale); font-size: .9rem; }
    .scroll { overflow: auto; max-height: 32rem; width: fit-content; max-width: 100%;
      border: 1px solid var(--line); border-radius: .4rem; }
    table { border-collapse: collapse; font-size: .875rem; line-height: 1.35; min-width: min(100%, 34rem); }
    th, td { padding: .3rem .7rem; text-align: left; vertical-align: top; border-bottom: 1px solid var(--line);
      white-space: pre-line; }
    td { max-width: 34rem; overflow-wrap: break-word; } .n { text-align: right; font-variant-numeric: tabular-nums;
      white-space: nowrap; }
    th { position: sticky; top: 0; background: var(--wash); font-weight: 600; z-index: 1; }
    th button { all: unset; cursor: pointer; text-decoration: underline dotted; text-underline-offset: .2em; }
    th button:focus-visible { outline: 3px solid var(--link); }
    .virtual td, .virtual th { white-space: nowrap; height: 1.9rem; max-width: 26rem; overflow: hidden;
      text-overflow: ellipsis; }
    .virtual td.gap { padding: 0; border: 0; }
    .virtual td:focus { outline: 2px solid var(--link); outline-offset: -2px; background: var(--mark); }
    .tools { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: baseline; margin: .4rem 0; }
    .tools input { font: inherit; padding: .25rem .5rem; min-width: min(24rem, 80vw); color: inherit;
      background: var(--paper); border: 1px solid var(--pale); border-radius: .3rem; }
    .tools button { font: inherit; color: var(--link); background: var(--wash); border: 1px solid var(--pale);
      border-radius: .3rem; padding: .2rem .7rem; cursor: pointer; }
    details { margin: .5rem 0; } summary { cursor: pointer; color: var(--link); }
    pre { overflow: auto; background: var(--wash); border: 1px solid var(--line); border-radius: .4rem; padding: .75rem;
      font-size: .85rem; max-height: 40rem; }
    [data-state="ready"] .cut { display: none; }
    @media (prefers-reduced-motion: no-preference) { html { scroll-behavior: smooth; } }
    @media print {
      :root { color-scheme: light; } body { max-width: none; padding: 0; font-size: 9pt; }
      nav, .tools, .skip { display: none; } .scroll, .picture, pre { overflow: visible; max-height: none; border: 0; }
      .picture svg { max-width: 100%; height: auto; } thead { display: table-header-group; }
      th { position: static; min-width: 0 !important; }
      tr, figure { break-inside: avoid; }
      td, th, .n, .virtual td, .virtual th { white-space: pre-line; max-width: none; overflow: visible;
        overflow-wrap: anywhere; } table { font-size: 7.5pt; }
      pre { white-space: pre-wrap; } [data-state="ready"] .cut { display: block; }
    }

    """#
}
