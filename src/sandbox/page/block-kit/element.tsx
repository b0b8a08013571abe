import type { VNode } from 'preact'
import { Button, FeedbackButtons } from './button.tsx'
import { Choices } from './choices.tsx'
import { ImagePlaceholder } from './image.tsx'
import { MultiSelect } from './multi-select.tsx'
import { Overflow } from './overflow.tsx'
import { Picker } from './pickers.tsx'
import { Select } from './select.tsx'
import { TypedIn, TypedLines } from './typing.tsx'
import { UnknownElement } from './unknown.tsx'
import type { ElementProps } from './use.tsx'

/** Whatever can be used or filled in. */
export function Element(props: ElementProps): VNode {
  switch (props.element.type) {
    case 'button':
    case 'icon_button':
      return <Button {...props} />
    case 'feedback_buttons':
      return <FeedbackButtons {...props} />
    case 'overflow':
      return <Overflow {...props} />
    case 'static_select':
    case 'external_select':
    case 'users_select':
    case 'conversations_select':
    case 'channels_select':
      return <Select {...props} />
    case 'multi_static_select':
    case 'multi_external_select':
    case 'multi_users_select':
    case 'multi_conversations_select':
    case 'multi_channels_select':
      return <MultiSelect {...props} />
    case 'checkboxes':
    case 'radio_buttons':
      return <Choices {...props} />
    case 'datepicker':
      return <Picker {...props} type="date" />
    case 'timepicker':
      return <Picker {...props} type="time" />
    case 'datetimepicker':
      return <Picker {...props} type="datetime-local" />
    case 'plain_text_input':
      return props.element.multiline === true ? <TypedLines {...props} /> : <TypedIn {...props} keys="text" />
    case 'rich_text_input':
      return <TypedLines {...props} />
    case 'email_text_input':
      return <TypedIn {...props} keys="email" />
    case 'url_text_input':
      return <TypedIn {...props} keys="url" />
    case 'number_input':
      return <TypedIn {...props} keys="decimal" />
    case 'image':
      return <ImagePlaceholder image={props.element} />
    default:
      return <UnknownElement json={props.element} />
  }
}
