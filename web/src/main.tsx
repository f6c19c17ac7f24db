import { createRoot } from 'react-dom/client'
import './look/look.css'
import './look/mode'
import { App } from './App'
import { firstLanguage, speak } from './words'

speak(firstLanguage()).then(() => {
  const root = document.getElementById('root')
  if (root) createRoot(root).render(<App />)
})
