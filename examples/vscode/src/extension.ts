// Starts `mezzotint lsp` and hands it the documents that hold prompts.
import { ExtensionContext, workspace } from "vscode";
import { DocumentFilter, LanguageClient } from "vscode-languageclient/node";

let client: LanguageClient | undefined;

export async function activate(context: ExtensionContext): Promise<void> {
  const settings = workspace.getConfiguration("mezzotint");
  const [command, ...args] = settings.get<string[]>("command", ["mezzotint", "lsp"]);
  const files = settings.get<string[]>("files", []);
  const documentSelector: DocumentFilter[] = [
    { language: "image-prompt" },
    ...files.map((pattern) => ({ scheme: "file", pattern })),
  ];
  client = new LanguageClient("mezzotint", "Mezzotint", { command, args }, {
    documentSelector,
    initializationOptions: settings,
    synchronize: { configurationSection: "mezzotint" },
  });
  context.subscriptions.push(client);
  await client.start();
}

export function deactivate(): Thenable<void> | undefined {
  return client?.stop();
}
