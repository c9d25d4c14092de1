// Made by `python -m mezzotint.highlight.generate`; do not edit.
import { simpleMode } from "@codemirror/legacy-modes/mode/simple-mode";

export const imagePrompt = simpleMode({
  start: [
    { regex: /#.*$/, token: "comment" },
    { regex: /Negative prompt:/, token: "heading", sol: true },
    { regex: /\\./, token: "escape" },
    { regex: /<\w+:[^>\n]+>/, token: "variableName" },
    { regex: /\bBREAK\b/, token: "keyword" },
    { regex: /\bAND\b/, token: "keyword" },
    { regex: /:\s*(?:[+-]?[.\d]+)\s*(?=\))/, token: "number" },
    { regex: /:\s*(?:[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)\s*(?=\])/, token: "keyword" },
    { regex: /:\s*(?:[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)(?=\s*(?:AND\b|#|$))/, token: "number" },
    { regex: /\b(?:Denoising strength|Schedule type|Model hash|CFG scale|Clip skip|Sampler|Version|Model|Steps|ENSD|Seed|Size|RNG|VAE)(?=: )/, token: "propertyName" },
    { regex: /[()]/, token: "operator" },
    { regex: /[\[\]]/, token: "keyword" },
    { regex: /\|/, token: "keyword" },
    { regex: /--(?:personalize|nostretch|wallpaper|creative|sameseed|newclip|preview|profile|quality|stealth|stylize|upanime|uplight|version|aspect|height|motion|public|repeat|upbeta|chaos|draft|image|relax|style|testp|turbo|video|weird|width|beta|cref|edit|fast|loop|niji|oref|seed|sref|stop|test|tile|vibe|zoom|end|exp|old|raw|ar|bs|cw|hd|hq|iw|ll|lp|ml|mp|no|ow|sd|sl|sp|sv|sw|c|h|p|q|r|s|v|w)\b/, token: "attributeName" },
    { regex: /[\p{L}\p{N}_]+/u, token: null },
  ],
  languageData: { name: "image-prompt", commentTokens: { line: "#" } },
});
