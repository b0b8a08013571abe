/** The data of each Server-Sent Event, until the stream ends. Comments and other fields are passed over. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body) {
    // The end of an event may be cut in two.
    let from = Math.max(text.length - 1, 0)
    text += decoder.decode(chunk, { stream: true })
    for (let end = text.indexOf('\n\n', from); end !== -1; end = text.indexOf('\n\n', from)) {
      const data = dataOf(text.slice(0, end))
      text = text.slice(end + 2)
      from = 0
      if (data !== '') yield data
    }
  }
}

const dataOf = (event: string): string =>
  event
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length).trimStart())
    .join('\n')
